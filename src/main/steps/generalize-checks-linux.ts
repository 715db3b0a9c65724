import type { VmCheckRow } from '../../shared/vm-checks'
import { named, row } from './generalize-checks'
import type { VmFacts } from './vm-facts'

/** Looks, as root, at whatever makes deprovisioning fail or its image bad; for `bash -s`. Changes nothing. */
export const linuxFactsScript = `
say() { printf '%s\\t%s\\n' "$1" "$2"; }
agent=$(command -v waagent 2>/dev/null)
say agent "$agent"
if [ -n "$agent" ]; then say agentVersion "$(waagent -version 2>/dev/null | head -n 1)"; fi
for unit in walinuxagent waagent; do
  if systemctl is-active --quiet $unit 2>/dev/null; then say agentRunning $unit; fi
done
for folder in /var/lib/waagent/*-[0-9]*; do
  name=\${folder##*/}
  case "$name" in WALinuxAgent-*|'*-[0-9]*') ;; *) if [ -d "$folder" ]; then say extension "$name"; fi ;; esac
done
for folder in /mnt /mnt/resource; do
  for file in "$folder"/* "$folder"/.[!.]*; do
    if [ -e "$file" ]; then
      case "\${file##*/}" in DATALOSS_WARNING_README.txt|lost+found|swapfile|resource) ;; *) say temporary "$file" ;; esac
    fi
  done
done
grep -E '^[^#].*[[:space:]]/mnt|azure_resource' /etc/fstab 2>/dev/null | grep -v 'comment=cloudconfig' | grep -v nofail | while read -r line; do say fstab "$line"; done
if [ -e /var/run/reboot-required ]; then say restart "$(sort -u /var/run/reboot-required.pkgs 2>/dev/null | head -n 3 | tr '\\n' ' ')."; fi
if command -v needs-restarting >/dev/null 2>&1; then needs-restarting -r >/dev/null 2>&1 || say restart .; fi
if command -v cloud-init >/dev/null 2>&1; then say cloudInit "$(cloud-init status 2>/dev/null | head -n 1)"; fi
say freeMib "$(df -Pm / 2>/dev/null | awk 'NR==2 {print $4}')"
grep -E '^[^#].*[[:space:]]swap[[:space:]]' /etc/fstab 2>/dev/null | grep /mnt | while read -r line; do say swap "$line"; done
who 2>/dev/null | awk '{print $1}' | sort -u | while read -r name; do say signedIn "$name"; done
awk -F: '$3 >= 1000 && $3 < 60000 {print $1}' /etc/passwd | while read -r name; do say user "$name"; done
for key in /root/.ssh/id_* /home/*/.ssh/id_*; do
  case "$key" in *.pub) ;; *) if [ -f "$key" ]; then say key "$key"; fi ;; esac
done
if command -v dpkg >/dev/null 2>&1; then dpkg --audit 2>/dev/null | head -n 1 | while read -r line; do say packages "$line"; done; fi
exit 0
`

const leastMib = 100
const fewMib = 1024

/** Judges what was told. `user`: who is signed in for the app; `extensions`: those that the control plane knows of. Pure. */
export function linuxRows(facts: VmFacts, user: string, extensions: readonly string[]): VmCheckRow[] {
  const others = (key: string) => facts.all(key).filter((name) => name !== user)
  const free = Number(facts.first('freeMib') || Number.NaN)
  const cloudInit = facts.first('cloudInit')
  return [
    facts.first('agent')
      ? row('vm.agent', facts.all('agentRunning').length > 0 ? 'ok' : 'warn', { state: facts.first('agentVersion') })
      : row('vm.agent', 'block', { state: '' }),
    named('vm.extensions', 'block', [...new Set([...extensions, ...facts.all('extension')])]),
    row('vm.restart', facts.all('restart').length > 0 ? 'warn' : 'ok', {
      names: facts.first('restart').replace(/^\.$/, ''),
    }),
    row('vm.cloudInit', /running/.test(cloudInit) ? 'block' : /error|degraded/.test(cloudInit) ? 'warn' : 'ok', {
      state: cloudInit,
    }),
    row('vm.freeDisk', free < leastMib ? 'block' : free < fewMib ? 'warn' : 'ok', { bytes: (free || 0) * 1024 * 1024 }),
    named('vm.temporary', 'warn', facts.all('temporary')),
    named('vm.fstab', 'warn', facts.all('fstab')),
    named('vm.swap', 'warn', facts.all('swap')),
    named('vm.signedIn', 'warn', others('signedIn')),
    named('vm.users', 'warn', others('user')),
    named('vm.keys', 'warn', facts.all('key')),
    named('vm.packages', 'warn', facts.all('packages')),
  ]
}
