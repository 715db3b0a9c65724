import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openLog } from '../../../src/main/log'
import { createPracticeProcess } from '../../../src/main/practice-process'
import { builtInProfiles } from '../../../src/main/net/profiles'

const node = process.execPath
afterEach(() => {
  process.execPath = node
})

/** A program in the place of the practice cloud. */
function practiceOf(lines: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bis-practice-process-'))
  const program = join(folder, 'program.cjs')
  writeFileSync(program, lines)
  return createPracticeProcess({ program, folder, log: openLog(join(folder, 'logs')) })
}

const profile = JSON.stringify(builtInProfiles.public)
const ready = `process.send({ kind: 'ready', profile: ${profile}, owner: { tenantId: 't', clientId: 'c', clientSecret: 's' } })
process.on('disconnect', () => process.exit(0))`

it('a practice cloud that dies while it starts is told with its last words, and the next start is a new one', async () => {
  const practice = practiceOf(`
    const mark = require('node:path').join(__dirname, 'second')
    if (!require('node:fs').existsSync(mark)) {
      require('node:fs').writeFileSync(mark, '')
      console.error('no room for certificates')
      process.exit(7)
    }
    ${ready}`)
  await expect(practice.start()).rejects.toMatchObject({
    code: 'practice.failed',
    details: { message: expect.stringMatching(/code 7[^]*no room for certificates/) as string },
  })
  expect((await practice.start()).owner.clientId).toBe('c')
  await practice.stop()
})

it('a process that the system cannot make is told, stopping does not wait for it, and the next start is a new one', async () => {
  const practice = practiceOf(ready)
  process.execPath = join(tmpdir(), 'no-such-program')
  await expect(practice.start()).rejects.toMatchObject({ code: 'practice.failed' })
  await practice.stop()
  await practice.ended()
  process.execPath = node
  expect((await practice.start()).owner.tenantId).toBe('t')
  await practice.stop()
})
