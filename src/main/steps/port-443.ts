/**
 * What cloud-init does at every start of a VM whose SSH server is to listen on 443 as well, because an office firewall lets nothing
 * else out. A second server beside the system's own, which lives only as long as the VM runs: nothing of it is in the image. It
 * starts again and again until there are host keys; where SELinux guards ports, it runs in a domain that may take any.
 */
export const listenOn443 = `#cloud-config
bootcmd:
  - mkdir -p /run/sshd
  - command -v firewall-cmd >/dev/null && firewall-cmd --add-port=443/tcp || true
  - systemd-run --unit=sshd-443 --no-block --property=Restart=always --property=RestartSec=3 --property=StartLimitIntervalSec=0 --property=SELinuxContext=-system_u:system_r:unconfined_service_t:s0 /usr/sbin/sshd -D -p 443
`
