import { AppError } from '../../shared/errors'
import type { Remote } from '../sessions/session'
import { outputOf, type Tools } from './tools'

/** What a Windows VM answers as long as nobody has opened its control channel. */
const withoutChannel: ReadonlySet<string> = new Set(
  ['port-closed', 'no-answer', 'not-ssh', 'wrong-key', 'no-way-in'].map((end) => `session.${end}`),
)

/**
 * The connection to the run's build VM. Throws AppError `session.*`; `recipe.no-channel` {vm} where Windows lets nobody in by SSH.
 */
export async function connected(tools: Tools): Promise<Remote> {
  const { name, osType } = outputOf(tools, 'vm.create')
  try {
    return await tools.sessions.connect(tools.run, tools.signal)
  } catch (error) {
    if (!(error instanceof AppError) || osType !== 'Windows' || !withoutChannel.has(error.code)) throw error
    throw new AppError('recipe.no-channel', { vm: name }, error.details, { cause: error })
  }
}

/** Whether a thrown value says that the way into the VM is closed, whatever closed it. */
export function isShut(error: unknown): boolean {
  return error instanceof AppError && (error.code.startsWith('session.') || error.code === 'recipe.no-channel')
}
