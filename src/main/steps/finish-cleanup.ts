import { parseForm, type RunStep } from './tools'

/**
 * Removes what was only needed on the way, and what the person named besides. Every step removes its own things, and only where
 * the cloud's tags agree with the journal.
 */
export const finishCleanup: RunStep<'finish.cleanup'> = {
  id: 'finish.cleanup',
  requires: ['image.version'],
  closing: 'waits',
  parse: (input) => parseForm('finish.cleanup', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    const { removed, left } = await tools.cleanUp(input.alsoRemove)
    tools.signal.throwIfAborted()
    return {
      removed,
      left: left.map(({ id, error }) => ({ id, reason: error.details.message ?? error.code, error })),
    }
  },
}
