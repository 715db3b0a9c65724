/** Words of changing a step that is finished. */
export const changing = {
  title: 'Change “{step}”?',
  lead: 'Nothing has happened yet. What you typed in later steps stays.',
  again: 'Done again afterwards',
  againTime: 'Usually about {n} {n:plural:minute:minutes} in all.',
  things: 'What becomes of the things made',
  fates: {
    reused: 'stays and is used again',
    overwritten: 'stays, but its content is replaced: what is in it now is gone',
    inTheWay: 'has this name and cannot be changed: choose another name',
    unused: 'stays, but this run no longer uses it',
  },
  costs: 'It costs until it is removed.',
  leaving: 'Removed at clean-up.',
  remove: 'Remove {kind} {name} at clean-up. This cannot be undone.',
  confirm: 'Change',
  keep: 'Keep as it was',
  back: 'Back',
  notNow: 'Something of this run is working. A finished step can be changed when it has ended.',
  cloudFixed: 'The cloud of a run cannot change once something stands there. Start another run for another cloud.',
  unused: 'no longer used',
}
