import { createHash } from 'node:crypto'
import { onTestFinished, describe, expect, it } from 'vitest'
import ssh2, { type AuthContext } from 'ssh2'
import { newPrivateKey } from '../../support/ssh-keys'
import { seen, sessionsTo, hostTarget } from '../../support/ssh-sessions'

const never = new AbortController().signal
const hostKey = newPrivateKey()

/** A server that lets in whoever `isRight` says; it has no shell. */
async function serverThat(
  isRight: (context: AuthContext) => boolean,
  methods: ('password' | 'keyboard-interactive')[],
) {
  const asked: string[] = []
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      asked.push(context.method)
      if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
        return context.prompt([{ prompt: 'Code: ', echo: true }], 'Second factor', '', (texts) =>
          texts[0] === '123456' ? context.accept() : context.reject(methods),
        )
      }
      if (isRight(context)) context.accept()
      else context.reject(methods)
    })
    client.on('session', (_accept, reject) => reject())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as { port: number }).port, asked }
}

describe('a password', () => {
  const isSecret = (context: AuthContext) => context.method === 'password' && context.password === 'geheim'

  it('is asked for until it is right, at most three times', async () => {
    const { port, asked } = await serverThat(isSecret, ['password'])
    const sessions = sessionsTo({ port, system: 'linux', identities: [{ kind: 'password', text: null }] })
    const session = await sessions.open(hostTarget(port))
    await seen(sessions, session, ({ question }) => question?.kind === 'hostKey')
    sessions.answer(session, { kind: 'hostKey', trust: true })
    const first = await seen(sessions, session, ({ question }) => question?.kind === 'password')
    expect(first.question).toEqual({ kind: 'password', user: 'nobody', isAgain: false })
    for (const round of [1, 2, 3]) {
      await seen(sessions, session, ({ question }) => question?.kind === 'password' && question.isAgain === round > 1)
      sessions.answer(session, { kind: 'secret', text: `wrong ${round}` })
    }
    const { error } = await seen(sessions, session, ({ state }) => state === 'closed')
    expect(error).toMatchObject({ code: 'session.wrong-password', params: { user: 'nobody' } })
    expect(JSON.stringify(sessions.view(session))).not.toContain('wrong 3')
    expect(asked.filter((method) => method === 'password')).toHaveLength(3)
  })

  it('that is known opens the way, once the host key is believed', async () => {
    const { port } = await serverThat(isSecret, ['password'])
    const sessions = sessionsTo({ port, system: 'linux', identities: [{ kind: 'password', text: 'geheim' }] })
    const session = await sessions.open(hostTarget(port))
    await seen(sessions, session, ({ question }) => question?.kind === 'hostKey')
    sessions.answer(session, { kind: 'hostKey', trust: true })
    await seen(sessions, session, ({ state }) => state === 'ready')
  })

  it('is not sent to a server whose host key a person refused', async () => {
    const { port, asked } = await serverThat(isSecret, ['password'])
    const sessions = sessionsTo({ port, system: 'linux', identities: [{ kind: 'password', text: 'geheim' }] })
    const session = await sessions.open(hostTarget(port))
    await seen(sessions, session, ({ question }) => question?.kind === 'hostKey')
    sessions.answer(session, { kind: 'hostKey', trust: false })
    const { error } = await seen(sessions, session, ({ state }) => state === 'closed')
    expect(error).toMatchObject({ code: 'session.host-key-refused' })
    expect(asked).toEqual([])
  })
})

it('what a server asks in its own words is passed on, and answered', async () => {
  const { port } = await serverThat(() => false, ['keyboard-interactive'])
  const sessions = sessionsTo({ port, system: 'linux', identities: [{ kind: 'password', text: null }] })
  const session = await sessions.open(hostTarget(port))
  await seen(sessions, session, ({ question }) => question?.kind === 'hostKey')
  sessions.answer(session, { kind: 'hostKey', trust: true })
  const { question } = await seen(sessions, session, ({ question: it }) => it?.kind === 'interactive')
  expect(question).toMatchObject({ title: 'Second factor', prompts: [{ text: 'Code: ', echo: true }] })
  sessions.answer(session, { kind: 'interactive', texts: ['123456'] })
  await seen(sessions, session, ({ state }) => state === 'ready')
})

it('a key at hand does not help where only passwords are taken', async () => {
  const { port } = await serverThat(() => false, ['password'])
  const sessions = sessionsTo({ port, identities: [{ kind: 'key', name: 'mine', key: hostKey }] })
  await sessions.pins.keep('hostKey', `127.0.0.1:${port}`, { fingerprint: fingerprint(), source: 'person' })
  await expect(sessions.connect('run-1', never)).rejects.toMatchObject({ code: 'session.no-way-in' })
})

function fingerprint(): string {
  const key = ssh2.utils.parseKey(hostKey)
  if (key instanceof Error) throw key
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`
}
