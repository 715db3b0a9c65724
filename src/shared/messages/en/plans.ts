/** Plans in the window, runs that another program works on, and requests to an administrator. */
export const plans = {
  menu: { open: 'Open Plan…', save: 'Save as plan…' },
  home: 'Open a plan…',
  pick: { title: 'Open a plan', button: 'Open', files: 'Plans (YAML, JSON)', save: 'Save as plan' },
  saved: 'The plan was saved as {file}. It holds what you typed, and no secret.',
  dialog: {
    title: 'Make a run of this plan?',
    lead: 'Nothing has been sent or run yet. The run is made when you agree; each step still waits for you.',
    name: 'Name of the run',
    concerns: 'This plan reads or runs by itself',
    concernsText: 'Go on only if you know these and trust whoever wrote the plan.',
    what: {
      file: 'File of this computer',
      profile: 'Cloud profile, decides where sign-in and requests go',
      script: 'Command that is run as administrator',
      access: 'Who gets in to the build VM',
    },
    values: 'What it fills in',
    value: '{step} – {field}',
    nothing: 'It fills in nothing; the app proposes the values.',
    agree: 'I have read this and trust the plan',
    create: 'Make the run',
  },
  elsewhere: {
    title: 'Another program is working on this run',
    text: 'You see here how it goes on, and cannot change anything meanwhile. When the other program ends, you can go on here.',
  },
  adminRequest: {
    copy: 'Copy a request for the administrator',
    text: 'Please give my account a role with the action “{action}” on “{scope}”. In the Azure portal: open that resource, Access control (IAM), Add role assignment. Azure’s answer was: {message}',
  },
}
