import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { linuxVm, newNetwork, quick } from './build-vm'
import { ask, azuriteProgram, clients, newFolder, serviceToken, subscription } from './practice'

type Started = RunningPractice & { child: ChildProcess }
type Ready = { kind: string } & Pick<RunningPractice, 'profile' | 'owner' | 'setAside'>
const children: ChildProcess[] = []
let program: string

beforeAll(async () => {
  const folder = newFolder()
  program = join(folder, 'practice.cjs')
  await build({
    entryPoints: ['src/main/practice/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" },
    define: { 'import.meta.url': 'importMetaUrl' },
    // ssh2 does without its native parts, as in the app.
    external: ['*.node', 'cpu-features', 'node-liblzma', '@mongodb-js/zstd'],
  })
  mkdirSync(folder, { recursive: true })
  copyFileSync(azuriteProgram(), join(folder, 'azurite.cjs'))
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

async function start(folder: string, speed = 'jump'): Promise<Started> {
  const child = fork(program, ['--state', folder, '--speed', speed], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.push(child)
  const [message] = (await once(child, 'message')) as [Ready]
  expect(message.kind).toBe('ready')
  return { ...message, child, setSpeed: () => undefined, close: async () => undefined }
}

async function end(cloud: Started, signal: NodeJS.Signals | 'disconnect'): Promise<number | null> {
  const gone = once(cloud.child, 'exit')
  if (signal === 'disconnect') cloud.child.disconnect()
  else cloud.child.kill(signal)
  return ((await gone) as [number | null])[0]
}

const group = `/subscriptions/${subscription}/resourceGroups/practice-shared`

describe('a practice cloud that ends and starts again', () => {
  it('is killed right after an answer and still knows what it answered, on the same port', async () => {
    const folder = newFolder()
    const first = await start(folder)
    const path = `/subscriptions/${subscription}/resourcegroups/rg-kill?api-version=2025-04-01`
    const token = await serviceToken(first)
    const made = await ask(first.profile, 'PUT', path, { token, body: { location: 'westeurope' } })
    await end(first, 'SIGKILL')
    expect(made.status).toBe(201)
    const second = await start(folder)
    expect(second.profile).toEqual(first.profile)
    // The token of before is still good: the signing key is part of the state.
    expect((await ask(second.profile, 'GET', path, { token })).status).toBe(200)
  })

  it('goes on with a long operation at its old URL', async () => {
    const folder = newFolder()
    const first = await start(folder)
    const path = `${group}/providers/Microsoft.Compute/galleries/kept?api-version=2025-12-03`
    const token = await serviceToken(first)
    const put = await ask(first.profile, 'PUT', path, { token, body: { location: 'westeurope' } })
    const poll = String(put.headers['azure-asyncoperation'])
    expect((await ask(first.profile, 'GET', poll, { token })).json).toMatchObject({ status: 'InProgress' })
    await end(first, 'SIGKILL')
    const second = await start(folder)
    expect((await ask(second.profile, 'GET', poll, { token })).json).toMatchObject({ status: 'Succeeded' })
    expect((await clients(second).compute.galleries.get('practice-shared', 'kept')).provisioningState).toBe('Succeeded')
  })

  it('is killed while it makes a VM, which then runs, also after it is killed again', async () => {
    const folder = newFolder()
    const first = await start(folder)
    const { card } = await newNetwork(clients(first), 'killed')
    await clients(first).compute.virtualMachines.createOrUpdate('killed', 'vm', linuxVm(card), quick).submitted()
    await end(first, 'SIGKILL')
    const second = await start(folder)
    const machines = clients(second).compute.virtualMachines
    const state = async () => (await machines.get('killed', 'vm')).provisioningState
    expect([await state(), await state()]).toEqual(['Creating', 'Succeeded'])
    await end(second, 'SIGKILL')
    const third = await start(folder)
    const view = await clients(third).compute.virtualMachines.instanceView('killed', 'vm')
    expect(view).toMatchObject({ computerName: 'build' })
    expect(view.statuses!.map(({ code }) => code)).toContain('PowerState/running')
  })

  it('stops cleanly when its parent is gone, and by SIGTERM', async () => {
    const folder = newFolder()
    expect(await end(await start(folder), 'disconnect')).toBe(0)
    expect(existsSync(join(folder, 'practice.lock'))).toBe(false)
    expect(await end(await start(folder), 'SIGTERM')).toBe(0)
  })

  it('waits for the one before it to leave the folder', async () => {
    const folder = newFolder()
    const first = await start(folder)
    const second = start(folder)
    const text = readFileSync(join(folder, 'practice.lock'), 'utf8')
    await end(first, 'SIGTERM')
    expect((await second).profile).toEqual(first.profile)
    expect(readFileSync(join(folder, 'practice.lock'), 'utf8')).not.toBe(text)
  })

  it.runIf(process.platform !== 'win32')('lets nobody else read its keys', async () => {
    const folder = newFolder()
    await start(folder)
    const modes = ['ca.key', 'server.key', 'keys.json', 'state.json'].map(
      (name) => statSync(join(folder, name)).mode & 0o077,
    )
    expect(modes).toEqual([0, 0, 0, 0])
  })

  it.each(['state.json', join('blobs', '__azurite_db_blob__.json')])(
    'starts again without a damaged %s, says where that is kept, and has no complaint the next time',
    async (file) => {
      const folder = newFolder()
      await end(await start(folder), 'SIGTERM')
      truncateSync(join(folder, file), 20)
      const second = await start(folder)
      expect(second.setAside).toContain(join(folder, 'damaged-'))
      expect(statSync(join(second.setAside!, file)).size).toBe(20)
      const token = await serviceToken(second)
      const group = `/subscriptions/${subscription}/resourcegroups/practice-shared?api-version=2025-04-01`
      expect((await ask(second.profile, 'GET', group, { token })).status).toBe(200)
      await end(second, 'SIGTERM')
      expect((await start(folder)).setAside).toBeNull()
    },
  )

  it('runs on its own clock when it is told a speed', async () => {
    const cloud = await start(newFolder(), '1')
    const path = `${group}/providers/Microsoft.Compute/galleries/slow?api-version=2025-12-03`
    const token = await serviceToken(cloud)
    const state = async () => {
      const answer = await ask(cloud.profile, 'GET', path, { token })
      return (answer.json as { properties: { provisioningState: string } }).properties.provisioningState
    }
    await ask(cloud.profile, 'PUT', path, { token, body: { location: 'westeurope' } })
    expect([await state(), await state(), await state(), await state()]).toEqual(Array(4).fill('Creating'))
    cloud.child.send({ kind: 'speed', speed: 1000 })
    await expect.poll(state).toBe('Succeeded')
  })
})
