/** What sessions to VMs fail at. `[?…]` is shown only where everything it names is known. */
export const sessionErrors = {
  'session.closed': {
    what: 'There is no open session here.',
    todo: 'Open a session to the VM.',
  },
  'machine.gone': {
    what: 'There is no VM “{name}” any more.',
    todo: 'Read the list of VMs again and choose another one.',
  },
  'machine.stopped': {
    what: 'The VM “{name}” does not run; it is {state}.',
    todo: 'Choose it in the list under “Open a session” and start it there.',
  },
  'door.no-room': {
    what: 'The network security group {group} has no number left for a rule before the one that keeps you out.',
    todo: 'Ask who runs this network to let your address in, or connect from inside of it.',
  },
  'session.no-vm': {
    what: 'This run has no build VM at the moment.',
    todo: 'Do the step “Create the build VM” first.',
  },
  'session.port-closed': {
    what: '{host} answers, but nothing listens on port {port}.',
    todo: 'The SSH server there may still be starting: wait a minute and try again. If it stays so, check that it runs and on which port it listens.',
  },
  'session.no-answer': {
    what: '{host} did not answer on port {port} within {seconds} s.',
    todo: 'Your public address may have changed, so that the network security group shuts you out: open the session anew, which looks at it again. Or a firewall of your office lets nothing out on port {port}: then create the VM with its SSH server on port 443. Or the VM is not running.',
  },
  'session.unknown-host': {
    what: 'No name server knows {host}.',
    todo: 'Check how the name is spelled, and whether it is known only inside a network that you are not in now.',
  },
  'session.proxy-refused': {
    what: 'The proxy {proxy} does not let you through to port {port} of {host}.',
    todo: 'Office proxies mostly allow port 443 only: create the VM with its SSH server on port 443, ask your administrator to allow port {port}, or use another network.',
  },
  'session.not-ssh': {
    what: 'What answers on port {port} of {host} speaks no SSH.',
    todo: 'Check the port. Right after a start the server may also turn everybody away for a moment: then try again.',
  },
  'session.no-algorithm': {
    what: '{host} and this app have no method of encryption in common.',
    todo: 'Its SSH server is very old or set up very strictly. Allow the usual methods there, such as curve25519-sha256 and aes128-gcm.',
  },
  'session.host-key-changed': {
    what: '{host} shows another host key than before. Known: {known}. Found: {found}. Nothing was sent to it.',
    todo: 'If the VM was made anew, generalized, or restored from an older disk, this is to be expected: compare the new fingerprint with the VM’s serial log, forget the old key and connect again. Otherwise somebody may be in between: do not connect.',
  },
  'session.host-key-refused': {
    what: 'You did not trust the host key of {host}, so nothing was sent to it. It was {fingerprint}.',
    todo: 'Compare it with what the VM’s serial log or its administrator says, then connect again.',
  },
  'session.wrong-password': {
    what: '{host} does not accept this password for {user}.',
    todo: 'Check user name and password, keyboard layout and Caps Lock, and try again.',
  },
  'session.wrong-key': {
    what: '{host} does not accept the key {key} for {user}.',
    todo: 'Check the user name, and that the public half of this key is in the VM’s authorized_keys. Or choose another key.',
  },
  'session.agent-refused': {
    what: 'No key that your SSH agent holds opens {host} for {user}.',
    todo: 'See with “ssh-add -l” whether the agent runs and holds the key; add it with “ssh-add”, or choose the key file.',
  },
  'session.no-agent': {
    what: 'No SSH agent runs on this computer.',
    todo: 'Start one, or choose a key file or a password instead.',
  },
  'session.no-way-in': {
    what: '{host} lets {user} in by other means only[?: {methods}].',
    todo: 'Choose the way that this server takes: key, password or agent.',
  },
  'session.too-many-failures': {
    what: '{host} ended the connection after too many failed attempts.',
    todo: 'An agent with many keys uses up the attempts before the right one is its turn: choose the key file itself. Or wait a moment and try again.',
  },
  'session.key-unreadable': {
    what: '{file} is no private key that can be read here.',
    todo: 'Choose the private half of the key pair, without “.pub”, in the format of OpenSSH, PuTTY or PEM.',
  },
  'session.wrong-passphrase': {
    what: 'This passphrase does not open the key {file}.',
    todo: 'Connect again and type the one that the key was made with.',
  },
  'session.key-locked': {
    what: 'What opens the build VM is kept on this computer, but cannot be read by this program.',
    todo: 'The window keeps it in the system’s keyring: unlock the keyring, or go on in the window instead of the command line.',
  },
  'session.no-key': {
    what: 'The app made no key for this run’s VM.',
    todo: 'Use your own key, which this VM was created with.',
  },
  'session.no-password': {
    what: 'The app made no password for this run’s VM.',
    todo: 'Sign in with the key instead.',
  },
  'session.question': {
    what: 'Only a person can answer what the VM[? ({host})] asks, such as a password or whether its host key is the right one.',
    todo: 'Open the session to it in the window and answer there.',
  },
  'session.too-slow': {
    what: '{host} did not wait for your answer and closed the connection.',
    todo: 'Connect again; SSH servers wait about two minutes.',
  },
  'session.lost': {
    what: 'The connection[? to {host}] was lost.',
    todo: 'Check the network. It is tried again by itself; what ran there may have gone on or ended.',
  },
  'session.no-return': {
    what: 'The VM did not come back within {minutes} minutes.',
    todo: 'Look at its boot diagnostics in the Azure portal for what it waits for. Then connect again.',
  },
  'session.restart-refused': {
    what: 'The VM does not let itself be restarted.',
    todo: 'Read in the details what it says. Its user needs sudo without a password, or must be an administrator.',
  },
  'session.no-sudo': {
    what: '{user} may not become root without a password, so the script did not run.',
    todo: 'Let {user} use sudo without a password, as Azure sets it up, or connect as root.',
  },
  'session.time-limit': {
    what: 'The command took longer than its limit of {minutes} minutes and was stopped.',
    todo: 'Look at what it printed last. Then try again, with a higher limit where it needs one.',
  },
  'session.no-channel': {
    what: 'The VM opens no further channel in this session.',
    todo: 'Close some of its terminals, or try again. Its SSH server may allow few of them at once (MaxSessions).',
  },
  'session.no-sftp': {
    what: 'The VM’s SSH server copies no files.',
    todo: 'Switch on its SFTP subsystem, then try again.',
  },
}
