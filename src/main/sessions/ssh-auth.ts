import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, NextAuthHandler, Prompt } from 'ssh2'
import { AppError } from '../../shared/errors'
import type { SessionQuestion } from '../../shared/session-calls'
import { keyFromFile } from './key-files'

/** What proves who somebody is; tried in order, as far as the server takes that kind. */
export type Identity =
  | { kind: 'key'; name: string; key: string; passphrase?: string }
  /** Read, and its passphrase asked for, when its turn comes. */
  | { kind: 'keyFile'; file: string }
  /** `path`: a socket, a named pipe, or `pageant`. */
  | { kind: 'agent'; path: string }
  /** null: a person is asked. */
  | { kind: 'password'; text: string | null }

/** Asks a person; answers the texts that were typed. Throws AppError `cancelled`, or `session.question` where nobody can be asked. */
export type AskTexts = (question: SessionQuestion) => Promise<string[]>

export type Auth = {
  handler: AuthHandlerMiddleware
  /** Why it came to nothing; null as long as it has not. */
  failure(): AppError | null
  /** A person is being asked: the server waits, and so does the limit of time. */
  isAsking(): boolean
  /** What got in, with what was typed for it, so that coming back needs no second question; null: nothing that lasts. */
  used(): Identity | null
}

type Tried = { kind: 'key' | 'agent' | 'password' | 'interactive'; name: string }

const tries = 3

/** Proves who `user` is by what is at hand, then by what a person types (RFC 4252, RFC 4256). */
export function createAuth(
  user: string,
  { host, identities, ask }: { host: string; identities: readonly Identity[]; ask: AskTexts },
): Auth {
  const left = [...identities]
  const tried: Tried[] = []
  let failure: AppError | null = null
  let asking = 0
  let used: Identity | null = null
  let passwords = 0
  let interactive = 0
  let isFirst = true

  const wantsPassword = identities.some(({ kind }) => kind === 'password')
  const known = identities.flatMap((it) => (it.kind === 'password' && it.text !== null ? [it.text] : []))[0]

  async function asked(question: SessionQuestion): Promise<string[]> {
    asking++
    try {
      return await ask(question)
    } finally {
      asking--
    }
  }

  async function next(methods: readonly AuthenticationType[], isPartial: boolean): Promise<AnyAuthMethod | null> {
    for (let identity = left[0]; identity; identity = left[0]) {
      const isLast = identity.kind !== 'password' || identity.text !== null || ++passwords >= tries
      if (isLast) left.shift()
      if (!methods.includes(identity.kind === 'password' ? 'password' : 'publickey')) {
        if (!isLast) left.shift()
        continue
      }
      return method(identity)
    }
    // A second factor, or the only way in which a server asks for passwords.
    if (methods.includes('keyboard-interactive') && (wantsPassword || isPartial) && interactive < tries) {
      return byPrompts(interactive++)
    }
    return null
  }

  async function method(given: Identity): Promise<AnyAuthMethod> {
    const identity = given.kind === 'keyFile' ? await keyFromFile(given.file, asked) : given
    used = identity
    if (identity.kind === 'key') {
      tried.push({ kind: 'key', name: identity.name })
      const { key, passphrase } = identity
      return { type: 'publickey', username: user, key, ...(passphrase !== undefined ? { passphrase } : {}) }
    }
    if (identity.kind === 'agent') {
      tried.push({ kind: 'agent', name: '' })
      return { type: 'agent', username: user, agent: identity.path }
    }
    const password = identity.text ?? (await asked({ kind: 'password', user, isAgain: passwords > 1 }))[0] ?? ''
    used = { kind: 'password', text: password }
    tried.push({ kind: 'password', name: '' })
    return { type: 'password', username: user, password }
  }

  function byPrompts(round: number): AnyAuthMethod {
    tried.push({ kind: 'interactive', name: '' })
    used = null
    return {
      type: 'keyboard-interactive',
      username: user,
      prompt(title, text, _language, prompts, finish) {
        answer(round, title, text, prompts).then(finish, (error: unknown) => {
          failure ??= error instanceof AppError ? error : new AppError('unexpected')
          // An empty answer is refused, and the refusal leads to the end.
          finish(prompts.map(() => ''))
        })
      },
    }
  }

  async function answer(round: number, title: string, text: string, prompts: Prompt[]): Promise<string[]> {
    if (failure) throw failure
    const [only] = prompts
    const isPassword = prompts.length === 1 && only?.echo !== true && /password|kennwort|passwort/i.test(only!.prompt)
    if (isPassword && round === 0 && known !== undefined) return [known]
    const shown = prompts.map((prompt) => ({ text: prompt.prompt, echo: prompt.echo === true }))
    const texts = await asked({ kind: 'interactive', title, text, prompts: shown })
    if (isPassword) used = { kind: 'password', text: texts[0] ?? '' }
    return prompts.map((_prompt, index) => texts[index] ?? '')
  }

  function handler(methods: AuthenticationType[] | null, isPartial: boolean | null, give: NextAuthHandler): void {
    // The first question proves nothing and tells what the server takes.
    if (isFirst) {
      isFirst = false
      return give({ type: 'none', username: user })
    }
    const end = (error: AppError) => {
      failure ??= error
      give(false as unknown as AuthenticationType)
    }
    if (failure) return end(failure)
    next(methods ?? [], isPartial === true).then(
      (way) => (way ? give(way) : end(refusal(user, host, tried, methods ?? []))),
      (error: unknown) => end(error instanceof AppError ? error : new AppError('unexpected')),
    )
  }

  return {
    handler: handler as unknown as AuthHandlerMiddleware,
    failure: () => failure,
    isAsking: () => asking > 0,
    used: () => used,
  }
}

function refusal(user: string, host: string, tried: Tried[], methods: readonly string[]): AppError {
  const last = tried.at(-1)
  const details = { message: `the server takes: ${methods.join(', ') || 'nothing'}` }
  if (last?.kind === 'password' || last?.kind === 'interactive') {
    return new AppError('session.wrong-password', { user, host }, details)
  }
  if (last?.kind === 'key') return new AppError('session.wrong-key', { user, host, key: last.name }, details)
  if (last?.kind === 'agent') return new AppError('session.agent-refused', { user, host }, details)
  return new AppError('session.no-way-in', { user, host, methods: methods.join(', ') }, details)
}
