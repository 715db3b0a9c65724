/** Rows of the preflight about what Azure ends: `name` is a size, a node agent, a system or a version of the API. */
export const retirementRows = {
  endsNever: { title: 'No end is announced for {name}' },
  endsLater: { title: '{name} stays until {on:day}[?, then {replacement}]' },
  endsOpen: {
    title: '{name} is going to end, without a day so far',
    todo: 'Better choose something that stays[?: {replacement}].',
  },
  sizeSoon: {
    title: 'The VM size {name} ends on {on:day}, in {days:number} {days:plural:day:days}',
    todo: 'A pool of it works until then. Choose a size that stays[?: {replacement}].',
  },
  sizeOver: {
    title: 'The VM size {name} ended on {on:day}',
    todo: 'Azure gives no nodes of it any more. Choose another size[?: {replacement}].',
  },
  supportSoon: {
    title: 'Batch supports {name} until {on:day}, for {days:number} more {days:plural:day:days}',
    todo: 'A pool with it works until then. Better take a newer system and its agent[?: {replacement}].',
  },
  supportOver: {
    title: 'Batch has not supported {name} since {on:day}',
    todo: 'Batch makes no new pools with it. Take a newer system and its agent[?: {replacement}].',
  },
  agentMissing: {
    title: 'Batch does not offer {name} here',
    todo: 'Choose the agent of the system on your disk from the list[?: {replacement}].',
  },
  apiStays: { title: 'No end is announced for the Batch API {name}, which this app speaks' },
  apiLater: { title: 'The Batch API {name}, which this app speaks, stays until {on:day}' },
  apiSoon: {
    title: 'The Batch API {name}, which this app speaks, ends on {on:day}, in {days:number} {days:plural:day:days}',
    todo: 'Get a newer version of Batch Image Studio before that day.',
  },
  apiOver: {
    title: 'The Batch API {name}, which this app speaks, ended on {on:day}',
    todo: 'Get a newer version of Batch Image Studio.',
  },
  apiOpen: {
    title: 'The Batch API {name}, which this app speaks, is going to end, without a day so far',
    todo: 'Get a newer version of Batch Image Studio soon.',
  },
}
