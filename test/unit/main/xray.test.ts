import { rm, stat, writeFile } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import { createXray } from '../../../src/main/xray'
import { changeOf, type XrayView } from '../../../src/shared/xray'

const never = new AbortController().signal
let folder = ''
let file = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bis-xray-'))
  file = join(folder, 'machine.iso')
  await writeFile(file, compactDisc())
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('looks into a disk image', () => {
  it('are shared by whoever asks while one goes on, and by whoever asks after', async () => {
    const { xray, looks } = counted()
    const [first, second] = await Promise.all([xray.look(file, never), xray.look(file, never)])
    expect(first.format).toBe('iso9660')
    expect(second).toBe(first)
    expect(await xray.look(file, never)).toBe(first)
    expect(looks()).toBe(1)
  })

  it('are made anew for a file that is another one since', async () => {
    const { xray, looks } = counted()
    await xray.look(file, never)
    await writeFile(file, 'no disk at all')
    expect((await xray.look(file, never)).format).toBe('unknown')
    expect(looks()).toBe(2)
  })

  it('end at once when a person stops them, for the step too', async () => {
    const xray = createXray({ inspect: () => new Promise(() => undefined), now: () => new Date() })
    const views = watched(xray)
    await vi.waitFor(() => expect(views.at(-1)?.isLooking).toBe(true))
    const asked = xray.look(file, never)
    const refused = expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    xray.stop(file)
    await refused
    await vi.waitFor(() => expect(views.at(-1)).toMatchObject({ isLooking: false, error: { code: 'cancelled' } }))
  })

  it('say why they could not be made', async () => {
    const { xray } = counted()
    await rm(file)
    const views = watched(xray)
    await vi.waitFor(() => expect(views.at(-1)).toMatchObject({ facts: null, error: { code: 'file.not-found' } }))
  })
})

describe('whoever watches a disk image', () => {
  it('sees what is in it without asking, and is told of a change, a removal and the way back', async () => {
    const { xray, looks } = counted()
    const views = watched(xray)
    const last = () => views.at(-1)!
    await vi.waitFor(() => expect(last().seen?.inspection.format).toBe('iso9660'))
    expect(changeOf(last())).toBe('none')

    await writeFile(file, 'something else')
    await vi.waitFor(() => expect(changeOf(last())).toBe('changed'))
    expect(last().facts?.sizeBytes).toBe(14)
    // Whoever writes may not have ended yet: only a person says that it is time to look again.
    expect(looks()).toBe(1)

    await rm(file)
    await vi.waitFor(() => expect(changeOf(last())).toBe('gone'))

    await writeFile(file, 'something else')
    xray.again(file)
    await vi.waitFor(() => expect(last()).toMatchObject({ isLooking: false, seen: { sizeBytes: 14 } }))
    await vi.waitFor(() => expect(changeOf(last())).toBe('none'))
    expect(last().seen?.modifiedMs).toBe((await stat(file)).mtimeMs)
  })

  it('hears nothing after leaving', async () => {
    const { xray } = counted()
    const views: XrayView[] = []
    const leave = xray.watch(file, (view) => views.push(view))
    await vi.waitFor(() => expect(views.at(-1)?.seen).toBeTruthy())
    leave()
    const count = views.length
    await xray.look(file, never)
    xray.again(file)
    await xray.look(file, never)
    expect(views).toHaveLength(count)
  })
})

function counted() {
  let looks = 0
  const xray = createXray({
    inspect: (path) => {
      looks++
      return inspect(path)
    },
    now: () => new Date(),
    everyMs: 20,
  })
  return { xray, looks: () => looks }
}

function watched(xray: ReturnType<typeof createXray>): XrayView[] {
  const views: XrayView[] = []
  leaving.push(xray.watch(file, (view) => views.push(view)))
  return views
}
const leaving: (() => void)[] = []
afterEach(() => leaving.splice(0).forEach((leave) => leave()))

/** The first sectors of a CD image: `CD001` in sector 16 of 2048 bytes (ECMA-119, 8.1). */
function compactDisc(): Buffer {
  const bytes = Buffer.alloc(64 * 2048)
  bytes.write('\u0001CD001\u0001', 16 * 2048, 'latin1')
  return bytes
}
