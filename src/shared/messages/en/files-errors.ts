export const filesErrors = {
  'session.disk-full': {
    what: 'The disk of the VM is full: “{path}” could not be written any further.',
    todo: 'Free some space in the VM, or begin with a larger disk; then go on. What is there already is not sent again.',
  },
  'files.lost': {
    what: 'The connection to the VM ended.',
    todo: 'Go on as soon as the session is connected again: what is there already is checked and not sent again.',
  },
  'files.not-found': {
    what: 'The VM does not have “{name}” any more.',
    todo: 'Load the folder again; perhaps it was moved, renamed or removed.',
  },
  'files.no-folder': {
    what: 'The entry “{name}” is no folder that could be opened.',
    todo: 'Download it to look at it.',
  },
  'files.denied': {
    what: 'The user of this session may not do that with “{name}”.',
    todo: 'Copy it into your home folder and move it in the terminal with sudo, or let a part of the recipe copy it: parts write as root.',
  },
  'files.refused': {
    what: 'The VM refused to work on “{name}” without saying why.',
    todo: 'Look at the free space, the limits of the user and whether the name is allowed there; then try again.',
  },
  'files.exists': {
    what: 'There is something called “{name}” already.',
    todo: 'Choose another name, or remove the other one first.',
  },
  'files.in-the-way': {
    what: 'Something of another kind with the name “{name}” stands in the way.',
    todo: 'A folder does not replace a file, nor the other way round. Rename or remove one of the two.',
  },
  'files.changed': {
    what: 'The file “{name}” changed while it was copied.',
    todo: 'Wait until nothing writes to it any more, then go on.',
  },
  'files.different': {
    what: 'The copy of “{name}” is not equal to the original, so it was removed.',
    todo: 'Go on: the file is copied again. If it happens twice, something on the way or a disk is damaged.',
  },
  'files.too-many': {
    what: 'The folder “{name}” holds more than {limit:number} files and folders.',
    todo: 'Pack it into one archive (tar, zip) and copy that.',
  },
  'files.too-deep': {
    what: 'The folders in “{name}” lie too deep in each other.',
    todo: 'Pack it into one archive (tar, zip) and copy that.',
  },
  'files.too-large': {
    what: 'The file “{name}” is larger than {bytes:size}.',
    todo: 'Download it instead of opening it.',
  },
}
