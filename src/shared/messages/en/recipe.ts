export const recipe = {
  /** The system's dialogs. */
  pick: {
    title: 'Open an install recipe',
    button: 'Show recipe',
    files: 'Install recipes',
    save: 'Save the install recipe',
    file: 'File to copy into the VM',
    folder: 'Folder to copy into the VM',
    take: 'Choose',
  },
  /** What became of a line that was to be kept. */
  kept: {
    kept: 'Kept as a part of the recipe.',
    secret: 'Not kept: the line carries a password or key, or asks for one. Let a script fetch it instead.',
    failed: 'Not kept: the line did not end with code 0.',
  },
  /** Said where parts are written. */
  repeatable: [
    'A part may run more than once: after a lost connection, after a change, or in the next run. Write it so that this does no harm.',
    'Check before you add: “mkdir -p”, “grep -q … ||” in front of “>>”, installers with their quiet and repair options.',
    'On Linux a part runs as root in bash and stops at the first command that fails; on Windows in PowerShell as administrator.',
  ],
}
