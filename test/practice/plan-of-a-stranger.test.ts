import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { command } from '../support/command'
import { newState, smallDisk } from '../support/run'

const planOf = (inputs: object) => JSON.stringify({ schema: 1, recipe: 'from-disk', name: 'Theirs', inputs })
const quick = ['--cloud', 'practice', '--stop-after', 'decide.image']

async function planFile(state: string, inputs: object): Promise<string> {
  const file = path.join(state, 'plan.json')
  await writeFile(file, planOf(inputs))
  return file
}

describe('a plan of a stranger, where nobody can be asked', () => {
  it.each([
    ['an absolute path', { 'disk.choose': { file: '/etc/passwd' } }, 'disk.choose.file', '/etc/passwd'],
    ['a path beside it', { 'disk.choose': { file: '../../secret.vhd' } }, 'disk.choose.file', '../../secret.vhd'],
    [
      'a path on a server',
      { 'disk.choose': { file: '\\\\host\\c$\\a.vhd' } },
      'disk.choose.file',
      '\\\\host\\c$\\a.vhd',
    ],
    ['a start task', { 'pool.create': { startTask: 'curl x | sh\nrm y' } }, 'pool.create.startTask', 'curl x | sh'],
  ])('is refused with code 2 for %s, which is shown', { timeout: 30_000 }, async (_what, inputs, at, shown) => {
    const state = await newState()
    const ended = await command(['run', await planFile(state, inputs), '--state', state, ...quick])
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(`plan.untrusted`)
    expect(ended.stderr).toContain(at)
    expect(ended.stderr).toContain(shown)
    expect(ended.stderr).toContain('--trust-plan')
  })

  it('goes on when the caller trusts it, or names the value himself', { timeout: 60_000 }, async () => {
    const state = await newState()
    const disk = await smallDisk()
    const file = await planFile(state, { 'disk.choose': { file: '/nowhere.vhd' } })
    const trusted = await command(['run', file, '--state', state, ...quick, '--trust-plan'])
    expect({ code: trusted.code, stderr: trusted.stderr }).toEqual({ code: 0, stderr: '' })
    const named = await command(['run', file, '--state', state, ...quick, '--set', `disk.choose.file=${disk}`])
    expect({ code: named.code, stderr: named.stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('cannot move the cursor or rewrite the terminal', { timeout: 30_000 }, async () => {
    const state = await newState()
    const key = 'nobody\u001b[2Jknows\u202e'
    const ended = await command([
      'run',
      await planFile(state, { 'pool.create': { [key]: 1 } }),
      '--state',
      state,
      ...quick,
    ])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('plan.unknown-key')
    expect(ended.stderr).not.toContain('\u001b')
    expect(ended.stderr).not.toContain('\u202e')
  })

  it('of five megabytes is refused at once and in plain words', { timeout: 30_000 }, async () => {
    const state = await newState()
    const file = path.join(state, 'plan.yaml')
    await writeFile(file, '['.repeat(5 * 1024 * 1024))
    const ended = await command(['run', file, '--state', state, ...quick])
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^plan\.unreadable: The plan plan\.yaml cannot be read\./)
  })
})
