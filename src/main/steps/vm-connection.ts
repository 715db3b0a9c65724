import { AppError } from '../../shared/errors'
import type { Remote } from '../sessions/session'
import { outputOf, type Tools } from './tools'
import { whyAway } from './vm-states'

/** What a Windows VM answers as long as nobody has opened its control channel. */
const withoutChannel: ReadonlySet<string> = new Set(
  ['port-closed', 'no-answer', 'not-ssh', 'wrong-key', 'no-way-in'].map((end) => `session.${end}`),
)

/** Nobody is there, as far as can be seen from here. */
const silent: ReadonlySet<string> = new Set(
  ['port-closed', 'no-answer', 'lost', 'no-return'].map((end) => `session.${end}`),
)

/**
 * The connection to the run's build VM. Throws AppError `session.*`; `vm.gone`, `vm.stopped`, `vm.generalized` where that is why
 * nobody answers; `recipe.no-channel` {vm} where Windows lets nobody in by SSH.
 */
export async function connected(tools: Tools): Promise<Remote> {
  const { id, name, osType } = outputOf(tools, 'vm.create')
  try {
    return await tools.sessions.connect(tools.run, tools.signal)
  } catch (error) {
    const isSilent = error instanceof AppError && silent.has(error.code)
    const away = isSilent ? await whyAway(await tools.cloud(), id, tools.signal) : null
    if (away) throw away
    if (!(error instanceof AppError) || osType !== 'Windows' || !withoutChannel.has(error.code)) throw error
    throw new AppError('recipe.no-channel', { vm: name }, error.details, { cause: error })
  }
}

/** Whether a thrown value says that the way into the VM is closed, whatever closed it. */
export function isShut(error: unknown): boolean {
  return error instanceof AppError && (error.code.startsWith('session.') || error.code === 'recipe.no-channel')
}
