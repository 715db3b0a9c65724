import { describe, expect, it } from 'vitest'
import { causesOf, type TroubledNode } from '../../src/shared/node-causes'

const node = (id: string, more: Partial<TroubledNode>): TroubledNode => ({
  id,
  state: 'unusable',
  errors: [],
  startTask: null,
  ...more,
})
const failed = (exitCode: number | null, code = 'FailureExitCode') =>
  node('n', { state: 'starttaskfailed', startTask: { exitCode, code } })

describe('why nodes need a person', () => {
  it.each([
    ['a command that a shell does not find', failed(127), 'startTaskNotFound'],
    ['a command that Windows does not find', failed(9009), 'startTaskNotFound'],
    ['a program of another system', failed(1, 'CommandProgramNotFound'), 'startTaskNotFound'],
    ['a file that may not be run', failed(126), 'startTaskDenied'],
    ['any other exit code', failed(2), 'startTaskExit'],
    ['a full disk', node('n', { errors: [{ code: 'DiskFull', message: '' }] }), 'diskFull'],
    ['an error of the service', node('n', { errors: [{ code: 'ApplicationPackageError', message: '' }] }), 'nodeError'],
    ['a node that never reported', node('n', {}), 'silent'],
    ['a node taken offline', node('n', { state: 'offline' }), 'offline'],
    ['a node that fell silent', node('n', { state: 'unknown' }), 'unknown'],
  ])('%s', (_what, troubled, kind) => {
    expect(causesOf([troubled])).toMatchObject([{ kind }])
  })

  it('is told once for all nodes of a cause, the most frequent first', () => {
    const causes = causesOf([node('a', {}), { ...failed(127), id: 'b' }, { ...failed(127), id: 'c' }])
    expect(causes.map(({ kind, nodes }) => [kind, nodes])).toEqual([
      ['startTaskNotFound', ['b', 'c']],
      ['silent', ['a']],
    ])
  })
})
