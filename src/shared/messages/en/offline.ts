/** Words for work without a network: where a list comes from, and what waits until the cloud answers. */
export const offline = {
  source: {
    cloud: 'From the cloud, {at}.',
    kept: 'As of {at}, the last answer of this cloud.',
    catalog: 'From the app’s catalog of {at}. The cloud’s own list replaces it once you are signed in.',
    none: {
      subscriptions: 'Only the cloud knows your subscriptions. Type the id, or choose after signing in.',
      resourceGroups: 'Only the cloud knows your resource groups. Type a name; it is checked once the cloud answers.',
      batchAccounts: 'Only the cloud knows your Batch accounts. Type a name; it is checked once the cloud answers.',
      storageAccounts: 'Only the cloud knows your storage accounts. Type a name; it is checked once the cloud answers.',
      galleries: 'Only the cloud knows your galleries. Type a name; it is checked once the cloud answers.',
      other: 'This list is not there yet. Type the value; it is checked once the cloud answers.',
    },
  },
  retires: 'retires {at}',
  retired: 'retired {at}',
  warning: {
    unknownSize: 'Not in the list. If the region has this size all the same, go on; the cloud checks it.',
    unknownAgent: 'Not in the list. If Batch has this agent all the same, go on; the cloud checks it.',
    retiringSize: 'Azure retires this size on {at}.',
    instead: 'In its place: {names}.',
    retiringAgent: 'Batch support for this agent ends on {at}. Better build the image on a newer system.',
    fitting: 'Fitting: {agents}.',
  },
  queue: {
    word: 'waits for the network',
    note: 'waits',
    title: 'Waits for the network',
    text: '{host} does not answer, since {at}. We look for it every few seconds and go on by ourselves; the step then checks afresh what is there. You may close the app: it waits on at the next start.',
    tryNow: 'Try now',
    stop: 'Do not wait',
    bar: '{step} waits for the network, goes on by itself; since {at}',
    row: '{step} waits for the network since {at} and goes on by itself.',
    announce: '{step} waits for the network and goes on by itself.',
    waitingOne: 'One run waits for the network.',
    waitingMany: '{n} runs wait for the network.',
  },
}
