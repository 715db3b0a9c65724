/** Words about VMs as the cloud shows them, and about the way to them. */
export const machines = {
  power: {
    starting: 'starting',
    running: 'running',
    stopping: 'stopping',
    stopped: 'stopped, still paid for',
    deallocating: 'being deallocated',
    deallocated: 'stopped (deallocated)',
    unknown: 'not known',
  },
  address: {
    looking: 'Looking for this computer’s public address…',
    own: 'This computer’s public address at the moment: {address}. Nobody else would be let in.',
    within: 'This computer’s public address at the moment: {address}. The range lets it in.',
    outside:
      'This computer’s public address at the moment is {address}. The range {range} does not let it in: you could not connect from here.',
    detect: 'Find out this computer’s address',
    again: 'Detect again',
  },
  screen: {
    title: 'The VM’s screen, from outside',
    text: 'Without a control channel, power state and picture are all there is to judge by. Azure takes the picture from time to time; it may be some minutes old.',
    power: 'Power state',
    look: 'Look at the screen',
    again: 'Look again',
    at: 'Looked at {at}',
    picture: 'Picture of the VM’s screen',
    none: 'There is no picture yet. Azure takes the first one some minutes after the start.',
    unreadable: 'Azure sent something that is no picture.',
  },
}
