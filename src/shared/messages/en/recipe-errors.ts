export const recipeErrors = {
  'recipe.part-failed': {
    what: 'The part “{part}” stopped with code {code}.',
    todo: 'Read its last lines, change the part or mend the cause, and run the recipe again: it goes on with this part.',
  },
  'recipe.check-failed': {
    what: 'The part “{part}” ran, but its check ended with code {code}: what it should bring is not there.',
    todo: 'Change the part or its check, and run the recipe again: it goes on with this part.',
  },
  'recipe.broken-off': {
    what: 'The connection to the VM was lost while the part “{part}” ran, so it was broken off.',
    todo: 'Run the recipe again: what is left of the part in the VM is ended first, then it begins anew.',
  },
  'recipe.file-missing': {
    what: 'The part “{part}” copies {file}, which cannot be read on this computer.',
    todo: 'Choose the file again in that part.',
  },
  'recipe.no-channel': {
    what: 'The app cannot run anything in {vm}: this Windows VM has no control channel yet.',
    todo: 'Paste the channel’s script in PowerShell on its desktop, or install by hand and tick that all is done.',
  },
  'recipe.empty': {
    what: 'The recipe has no part to run.',
    todo: 'Add a part, or install by hand and tick that all is done.',
  },
  'recipe.busy': {
    what: 'Something is running in the VM already.',
    todo: 'Wait until it has ended, or stop it.',
  },
  'recipe.unreadable': {
    what: '{file} is no install recipe that can be read.',
    todo: 'Choose a recipe file in YAML or JSON that this app has written.',
  },
  'recipe.invalid': {
    what: 'The recipe does not fit: {fields}.',
    todo: 'Correct it in the file, and open it again. Nothing of it was taken.',
  },
  'recipe.too-large': {
    what: 'The recipe has become too large to be kept.',
    todo: 'Move long scripts into files, and let the parts copy these.',
  },
  'recipe.secret': {
    what: 'What looks like a password or key stands in these parts: {parts}.',
    todo: 'Take it out of them, and let the script fetch it when it runs. Then save the recipe.',
  },
  'generalize.blocked': {
    what: 'Generalizing would fail or make a bad image: {checks}.',
    todo: 'Each check says what to do. Then look again, or accept its risk.',
  },
  'generalize.unconfirmed': {
    what: 'Nobody has confirmed yet that {vm} may be generalized; afterwards nobody can sign in to it.',
    todo: 'Hold the button, or type the VM’s name.',
  },
  'generalize.no-agent': {
    what: 'The Azure agent (waagent) is not in {vm}, so the system cannot be generalized and its image would not start.',
    todo: 'Install it in the terminal (Debian and Ubuntu: sudo apt-get install walinuxagent; Red Hat: sudo dnf install WALinuxAgent), and try again.',
  },
  'generalize.deprovision-failed': {
    what: 'The Azure agent could not generalize {vm}; it ended with code {code}.',
    todo: 'Read its last lines below, mend the cause in the terminal, and try again.',
  },
  'generalize.no-evidence': {
    what: 'The agent ran, but {vm} can still be told apart from other computers: {checks}.',
    todo: 'Try again. If it stays, go back to the snapshot and look in the terminal what keeps it.',
  },
  'generalize.unknown': {
    what: 'Generalizing {vm} was broken off, and nobody can sign in any more to see how far it came.',
    todo: 'Go back to the snapshot, and generalize again.',
  },
  'generalize.appx': {
    what: 'Sysprep stopped in {vm}: the app {app} is installed for one user, but not for all.',
    todo: 'Remove it in PowerShell (Get-AppxPackage -AllUsers {app} | Remove-AppxPackage -AllUsers), and try again.',
  },
  'generalize.sysprep-failed': {
    what: 'Sysprep stopped in {vm}: {cause}.',
    todo: 'Mend that on the desktop or in the terminal, and try again. Its log is in the details.',
  },
  'generalize.timeout': {
    what: 'Sysprep has not ended in {vm} after {minutes} minutes.',
    todo: 'Look at its desktop or boot picture. Try again: what has ended meanwhile is recognized.',
  },
  'generalize.not-by-hand': {
    what: 'Sysprep by hand ends with a VM that is shut down, but the power state of {vm} is “{power}”.',
    todo: 'Run on its desktop: %WINDIR%\\System32\\Sysprep\\Sysprep.exe /generalize /oobe /mode:vm /shutdown. Then try again.',
  },
}
