import { makePeers, testParts } from './parts.mjs'
import { createPracticeRun } from './practice-run.mjs'
import { describeLoaded } from './sizes.mjs'
import { createStartUp } from './start-up.mjs'
import { createWindowRun } from './window.mjs'

/** The app itself: its start beside an empty window, a person's run in the window, a run on the command line. */
export async function appParts({ program, env, studio, folder }) {
  const { messages, systemDisk } = await testParts(folder)
  const disk = await systemDisk({ sizeMiB: 1024, systemMiB: 120 })
  const given = { program, env, studio, folder, messages, disk, ...(await makePeers(folder)) }
  const startUp = createStartUp(given)
  return {
    'start-up': {
      ...startUp,
      lines: () => (startUp.loaded().length > 0 ? describeLoaded(startUp.loaded(), studio) : []),
    },
    'window run': createWindowRun(given),
    'practice run': createPracticeRun(given),
  }
}
