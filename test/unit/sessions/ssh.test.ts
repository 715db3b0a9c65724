import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hostTarget, keyOf, screenOn, seen, sessionsTo, vmAt } from '../../support/ssh-sessions'
import { startSshd, type RealSshd } from '../../support/sshd'

const never = new AbortController().signal
let sshd: RealSshd

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.close())

describe('a session with OpenSSH', () => {
  it('believes the host key that the serial log showed, without asking, and keeps it', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const remote = await sessions.connect('run-1', never)
    const ran = await remote.exec('echo "out $((6 * 7))"; echo oops >&2; exit 3', { signal: never })
    expect(ran).toEqual({ code: 3, signal: null, stdout: 'out 42\n', stderr: 'oops\n' })
    expect(sessions.list()[0]).toMatchObject({
      state: 'ready',
      system: 'linux',
      hostKey: { type: 'ssh-ed25519', fingerprint: sshd.fingerprint, proof: 'serialLog' },
    })
    expect(await sessions.pins.find('hostKey', `127.0.0.1:${sshd.port}`)).toMatchObject({ source: 'serialLog' })
  })

  it('asks about an unknown host key before anything else, and remembers the answer', async () => {
    const sessions = sessionsTo({ ...vmAt(sshd), hostKeys: [] })
    const session = await sessions.open(hostTarget(sshd.port))
    const { question } = await seen(sessions, session, ({ state }) => state === 'asking')
    expect(question).toEqual({
      kind: 'hostKey',
      type: 'ssh-ed25519',
      fingerprint: sshd.fingerprint,
      host: `127.0.0.1:${sshd.port}`,
    })
    sessions.answer(session, { kind: 'hostKey', trust: true })
    expect((await seen(sessions, session, ({ state }) => state === 'ready')).hostKey?.proof).toBe('firstUse')
    expect(await sessions.pins.find('hostKey', `127.0.0.1:${sshd.port}`)).toMatchObject({ source: 'person' })
  })

  it('asks nobody when a step connects: a question is an error then', async () => {
    const sessions = sessionsTo({ ...vmAt(sshd), hostKeys: [] })
    await expect(sessions.connect('run-1', never)).rejects.toMatchObject({ code: 'session.question' })
  })

  it('refuses a changed host key with both fingerprints, and asks anew once the old one is forgotten', async () => {
    const old = 'SHA256:oldoldoldoldoldoldoldoldoldoldoldoldoldold0'
    const sessions = sessionsTo({ ...vmAt(sshd), hostKeys: [old] })
    const session = await sessions.open(hostTarget(sshd.port))
    const { error } = await seen(sessions, session, ({ state }) => state === 'closed')
    expect(error).toMatchObject({
      code: 'session.host-key-changed',
      params: { known: old, found: sshd.fingerprint },
    })
    await sessions.forgetHostKey(session)
    sessions.reconnect(session)
    await seen(sessions, session, ({ question }) => question?.kind === 'hostKey')
    sessions.answer(session, { kind: 'hostKey', trust: true })
    await seen(sessions, session, ({ state }) => state === 'ready')
  })

  it.each([
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
    ['rsa in the format of OpenSSL', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
  ])('takes a key of the kind %s', async (kind, options) => {
    const file = join(sshd.folder, kind.replaceAll(' ', '-'))
    execFileSync('ssh-keygen', ['-q', ...options, '-N', '', '-f', file])
    appendFileSync(join(sshd.folder, 'user.pub'), readFileSync(`${file}.pub`))
    const sessions = sessionsTo({ ...vmAt(sshd), identities: [{ kind: 'keyFile', file }] })
    expect((await sessions.connect('run-1', never)).system).toBe('linux')
  })

  it('asks for the passphrase of a key until it is right', async () => {
    const file = join(sshd.folder, 'locked')
    writeFileSync(file, sshd.key, { mode: 0o600 })
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'geheim ä', '-f', file])
    const sessions = sessionsTo({ ...vmAt(sshd), identities: [{ kind: 'keyFile', file }] })
    const session = await sessions.open(hostTarget(sshd.port))
    const first = await seen(sessions, session, ({ state }) => state === 'asking')
    expect(first.question).toEqual({ kind: 'passphrase', file: 'locked', isAgain: false })
    sessions.answer(session, { kind: 'secret', text: 'wrong' })
    await seen(sessions, session, ({ question }) => question?.kind === 'passphrase' && question.isAgain)
    sessions.answer(session, { kind: 'secret', text: 'geheim ä' })
    await seen(sessions, session, ({ state }) => state === 'ready')
  })

  it('says which key is refused', async () => {
    const file = join(sshd.folder, 'foreign')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
    const sessions = sessionsTo({ ...vmAt(sshd), identities: [keyOf(readFileSync(file, 'utf8'))] })
    await expect(sessions.connect('run-1', never)).rejects.toMatchObject({
      code: 'session.wrong-key',
      params: { key: 'test' },
    })
  })

  it('lets an agent sign', async () => {
    const file = join(sshd.folder, 'for-agent')
    writeFileSync(file, sshd.key, { mode: 0o600 })
    const path = join(sshd.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void agent.kill())
    await new Promise((resolve) => agent.stdout.once('data', resolve))
    execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: path } })
    const sessions = sessionsTo({ ...vmAt(sshd), identities: [{ kind: 'agent', path }] })
    expect((await sessions.connect('run-1', never)).user).toBe(sshd.user)
  })

  it('tells an agent that is not there from a key that is refused', async () => {
    const sessions = sessionsTo({ ...vmAt(sshd), identities: [{ kind: 'agent', path: '/nowhere' }] })
    await expect(sessions.connect('run-1', never)).rejects.toMatchObject({ code: 'session.agent-refused' })
  })

  it('runs scripts whole: none of their commands reads the rest as its own input', async () => {
    const remote = await sessionsTo(vmAt(sshd)).connect('run-1', never)
    const heard: string[] = []
    const script = '#!/bin/bash\r\nread line\r\necho "read: [$line]"\r\ncat\r\necho übrig\r\n(exit 7)'
    const ran = await remote.script(script, { signal: never, onOutput: (text, from) => heard.push(`${from}: ${text}`) })
    expect(ran).toMatchObject({ code: 7, stdout: 'read: []\nübrig\n' })
    expect(heard.join('')).toContain('übrig')
  })

  it('stops a cancelled command with all that it started', async () => {
    const remote = await sessionsTo(vmAt(sshd)).connect('run-1', never)
    const controller = new AbortController()
    const mark = `4${Date.now() % 1_000_000_000}`
    const running = remote.script(`(trap '' TERM; sleep ${mark}) & echo begun; sleep ${mark}`, {
      signal: controller.signal,
      onOutput: () => controller.abort(),
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    const left = `while pgrep -f "slee[p] ${mark}" >/dev/null; do sleep 0.1; done; echo none`
    expect((await remote.exec(left, { signal: never })).stdout).toBe('none\n')
  })

  it('ends a command that takes longer than it may', async () => {
    const remote = await sessionsTo(vmAt(sshd)).connect('run-1', never)
    await expect(remote.exec('sleep 600', { signal: never, limitMs: 50 })).rejects.toMatchObject({
      code: 'session.time-limit',
    })
  })

  it('comes back by itself after its connection was cut, and its terminals with a new shell', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const session = await sessions.open({ kind: 'run', run: 'run-1' })
    const screen = await screenOn(sessions, session)
    const away = seen(sessions, session, ({ state }) => state === 'lost')
    screen.keys('kill -9 $PPID\n')
    expect((await away).error).toMatchObject({ code: 'session.lost' })
    await screen.shows(/Connected again/)
    expect(sessions.view(session)).toMatchObject({ state: 'ready', error: null })
    screen.keys('echo second $((2 + 2))\n')
    await screen.shows(/second 4/)
  })
})

describe('a terminal', () => {
  it('has the size of the window, and takes its changes', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const screen = await screenOn(sessions, await sessions.open({ kind: 'run', run: 'run-1' }))
    screen.keys('stty size; echo $TERM\n')
    await screen.shows(/24 80\r\nxterm-256color/)
    screen.size(132, 50)
    screen.keys('stty size\n')
    await screen.shows(/50 132/)
  })

  it('ends with the code of its shell, while others of the session go on', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const session = await sessions.open({ kind: 'run', run: 'run-1' })
    const [one, other] = [await screenOn(sessions, session), await screenOn(sessions, session)]
    one.keys('exit 5\n')
    expect(await one.ended).toBe(5)
    other.keys('echo still $((3 * 3))\n')
    await other.shows(/still 9/)
  })

  it('is sent no more than 1.2 MB ahead during a flood, and Ctrl+C gets through', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const screen = await screenOn(sessions, await sessions.open({ kind: 'run', run: 'run-1' }), true)
    screen.keys('stty -echo; echo ready\n')
    await screen.shows(/ready\r\n/)
    screen.keys('yes 0123456789012345678901234567890123456789; echo over\n')
    await expect.poll(() => screen.bytes(), { timeout: 20_000 }).toBeGreaterThan(1_000_000)
    screen.keys('\x03')
    expect(screen.mostUnseen()).toBeLessThan(1_200_000)
    screen.see()
    screen.keys('echo stopped $((5 * 5))\n')
    await screen.shows(/stopped 25/)
    expect(screen.mostUnseen()).toBeLessThan(1_200_000)
  })

  it('passes on a line of 10 MB and bytes that are no text', async () => {
    const sessions = sessionsTo(vmAt(sshd))
    const screen = await screenOn(sessions, await sessions.open({ kind: 'run', run: 'run-1' }))
    screen.keys(
      'stty -echo -opost; head -c 10000000 /dev/zero | tr "\\0" x; head -c 300000 /dev/urandom; echo; echo END\n',
    )
    await screen.shows(/\nEND/)
    expect(screen.bytes()).toBeGreaterThan(10_300_000)
  })
})

describe('what is no SSH server', () => {
  async function serverThat(answer: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume()
      answer(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
    return (server.address() as { port: number }).port
  }

  it.each<[string, (socket: Socket) => void]>([
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up at once', (socket) => socket.destroy()],
    ['floods', (socket) => flood(socket, 'x'.repeat(65_536))],
    ['floods with lines', (socket) => flood(socket, 'Welcome\r\n'.repeat(8_192))],
    [
      'says nonsense after its name',
      (socket) => socket.end(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 255)])),
    ],
  ])('is told and let go of when it %s', async (_what, answer) => {
    const port = await serverThat(answer)
    await expect(sessionsTo({ port, identities: [] }).connect('run-1', never)).rejects.toMatchObject({
      code: 'session.not-ssh',
      params: { port },
    })
  })

  it('is told apart from a port on which nobody listens', async () => {
    const port = await serverThat(() => undefined)
    const sessions = sessionsTo({ port: port === 1 ? 2 : 1, identities: [] })
    await expect(sessions.connect('run-1', never)).rejects.toMatchObject({ code: 'session.port-closed' })
  })

  function flood(socket: Socket, text: string) {
    const more = () => {
      while (!socket.destroyed && socket.write(text));
    }
    socket.on('drain', more)
    more()
  }
})
