export const desktopErrors = {
  'desktop.unreachable': {
    what: '{host} does not answer on port {port}.',
    todo: 'Check that the VM is running and that its network security group lets your present address in. Some office firewalls block port {port}; then another network helps. Then try again.',
  },
  'desktop.port-closed': {
    what: '{host} answers, but nothing listens on port {port} there.',
    todo: 'Wait until Windows has started, or turn on Remote Desktop there. Then try again.',
  },
  'desktop.unknown-host': {
    what: 'The name “{host}” is unknown.',
    todo: 'Check how it is spelt, or use the address in numbers.',
  },
  'desktop.silent': {
    what: '{host} took the connection and then said nothing for {seconds} seconds.',
    todo: 'The VM may still be starting or be very busy. Wait a minute, then try again.',
  },
  'desktop.not-rdp': {
    what: 'What listens on port {port} of {host} does not speak RDP.',
    todo: 'Check the port: Remote Desktop usually uses 3389, SSH uses 22.',
  },
  'desktop.old-security': {
    what: '{host} offers only the old RDP encryption, which protects neither the password nor the picture.',
    todo: 'Switch the server to TLS (security layer “SSL” or “Negotiate”), or use SSH.',
  },
  'desktop.old-tls': {
    what: '{host} speaks TLS 1.1 or older, which is broken and no longer accepted.',
    todo: 'Turn on TLS 1.2 on the server (from Windows Server 2012 R2 on it is built in), or use SSH.',
  },
  'desktop.tls': {
    what: 'No encrypted connection to {host} came about.',
    todo: 'Try again. If it stays so, the details say what TLS did not like.',
  },
  'desktop.nla-required': {
    what: '{host} wants the password before it shows a picture (NLA), and this was switched off.',
    todo: 'Connect again with Network Level Authentication.',
  },
  'desktop.no-certificate': {
    what: '{host} has no certificate and cannot encrypt the connection.',
    todo: 'Restart the Remote Desktop service there: it makes itself a new certificate.',
  },
  'desktop.refused': {
    what: '{host} refuses the connection (reason {code}).',
    todo: 'Check its Remote Desktop settings, then try again.',
  },
  'desktop.certificate-changed': {
    what: '{host} shows another certificate than before. Nothing was sent to it.',
    todo: 'If the VM was made anew, compare both fingerprints and trust the new one. Otherwise somebody may be in between: do not connect.',
  },
  'desktop.password': {
    what: '{host} does not accept user name or password.',
    todo: 'Type them again. For an account of the VM itself the plain user name is enough.',
  },
  'desktop.account': {
    what: 'The account “{user}” may not sign in at {host}.',
    todo: 'It may be locked, expired, or no member of “Remote Desktop Users”. Use another account, or have it allowed.',
  },
  'desktop.hung-up': {
    what: '{host} hung up when it had seen the proof of user name and password.',
    todo: 'Some servers do so when one of them is wrong, without a word: sign in differently. If both are right, the server is in trouble: restart it or try again.',
  },
  'desktop.ended': {
    what: 'The connection to {host} ended.',
    todo: 'The VM may be restarting, or the network was cut. Programs there keep running: reconnect.',
  },
  'desktop.crashed': {
    what: 'The page with the remote desktop broke down.',
    todo: 'Programs on the VM keep running: reconnect.',
  },
  'desktop.none-here': {
    what: 'The VMs of this cloud show no remote desktop.',
    todo: 'Use the terminal; or open the desktop of another computer that you can reach.',
  },
  'desktop.no-client': {
    what: 'This computer has no program for Remote Desktop that the app knows.',
    todo: 'Save the file and open it with a program of your choice, or install FreeRDP.',
  },
  'desktop.client-failed': {
    what: '{program} ended at once[? with code {status}].',
    todo: 'Its own words are in the details. The connection in the app still works.',
  },
}
