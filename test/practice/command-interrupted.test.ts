import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, program, start, type Running } from '../support/command'
import { example, fullDisk } from '../support/run'

let folder: string
let practice: Running
let profile: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interrupted-'))
  practice = start(['practice', '--state', path.join(folder, 'cloud')])
  const line = await practice.line((it) => 'armEndpoint' in it)
  profile = path.join(folder, 'cloud.json')
  await writeFile(profile, JSON.stringify({ ...line, name: 'elsewhere' }))
}, 60_000)
afterAll(async () => {
  practice.child.kill('SIGTERM')
  await practice.ended
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Resolves when the command shows the code that nobody will type. */
function codeShown({ child }: Running): Promise<void> {
  return new Promise((resolve) =>
    child.stderr?.on('data', (text: string) => void (/devicelogin/.test(text) && resolve())),
  )
}

describe('a command that waits for a device code', () => {
  it.each([
    ['pools', () => ['pools', '--state', path.join(folder, 'a')]],
    [
      'run',
      () => [
        'run',
        example,
        '--state',
        path.join(folder, 'b'),
        '--set',
        'disk.choose.file=disk.vhd',
        '--set',
        'decide.image.choice=customImage',
      ],
    ],
  ])('%s ends at the first interrupt', { timeout: 30_000 }, async (_name, args) => {
    const running = start([...args(), '--cloud', profile])
    await codeShown(running)
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130 })
  })
})

it.skipIf(process.platform === 'win32')(
  'Ctrl+C in a terminal, which every process of the group gets, cancels the run instead of cutting off its cloud',
  { timeout: 60_000 },
  async () => {
    const file = await fullDisk()
    const state = path.join(folder, 'group')
    const args = [example, '--cloud', 'practice', '--state', state, '--set', `disk.choose.file=${file}`]
    const child = spawn(process.execPath, [program, 'run', ...args], { detached: true })
    const closed = once(child, 'close')
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      if (line.includes('"kind":"started","step":"disk.upload"')) process.kill(-child.pid!, 'SIGINT')
    })
    expect(await closed).toEqual([130, null])
  },
)

describe('a state folder in which nothing can be kept', () => {
  it.each([
    ['run', () => ['run', example]],
    ['practice', () => ['practice']],
  ])('%s says so before it does anything', async (_name, args) => {
    const file = path.join(folder, 'a-file')
    await writeFile(file, '')
    const { code, stderr } = await command([...args(), '--state', path.join(file, 'state')])
    expect(code).toBe(1)
    expect(stderr).toContain('state.unwritable')
    expect(stderr).toContain(file)
  })
})
