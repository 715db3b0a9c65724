import { describe, expect, it } from 'vitest'
import { agentFits, agents, findAgent, supportedImages } from '../../../src/main/practice/batch-images'
import { nodeStateAt, type NodeRecord } from '../../../src/main/practice/nodes-state'
import { startTaskExit } from '../../../src/main/practice/nodes-start-task'

describe('a node agent', () => {
  const cases: [string, string, string | null, string | null, boolean][] = [
    ['batch.node.ubuntu 24.04', 'Linux', 'ubuntu', '24.04', true],
    ['batch.node.ubuntu 24.04', 'Linux', 'ubuntu', '22.04', false],
    ['batch.node.el 9', 'Linux', 'almalinux', '9.4', true],
    ['batch.node.el 9', 'Linux', 'rocky', '8.9', false],
    ['batch.node.debian 12', 'Linux', 'debian', '12', true],
    ['batch.node.debian 12', 'Linux', 'ubuntu', '12.04', false],
    // Nothing is known of the system but its kind.
    ['batch.node.debian 12', 'Linux', null, null, true],
    ['batch.node.debian 12', 'Windows', null, null, false],
    ['batch.node.windows amd64', 'Windows', null, null, true],
    ['batch.node.windows amd64', 'Linux', 'ubuntu', '24.04', false],
  ]
  it.each(cases)('%s on %s %s %s: %s', (agent, type, id, versionId, fits) => {
    expect(agentFits(findAgent(agent)!, { type: type as 'Linux', id, versionId })).toBe(fits)
  })

  it('is known for every supported image', () => {
    const known = agents.map(({ id }) => id)
    expect(supportedImages.filter(({ nodeAgentSKUId }) => !known.includes(nodeAgentSKUId))).toEqual([])
  })
})

describe('a start task', () => {
  it.each([
    ['/bin/sh -c "exit 1"', 1],
    ["/bin/bash -c 'apt-get update && exit 42'", 42],
    ['/bin/sh -c "exit 0"', 0],
    ['/bin/false', 1],
    ['/bin/bash -c "echo exitcode 1"', 0],
    ['echo hello', 0],
  ])('%s ends with %i on Linux', (commandLine, exitCode) => {
    expect(startTaskExit({ commandLine }, 'Linux')?.exitCode).toBe(exitCode)
  })

  it('of the other operating system is not found', () => {
    expect(startTaskExit({ commandLine: 'cmd /c exit 0' }, 'Linux')?.failure?.code).toBe('CommandProgramNotFound')
    expect(startTaskExit({ commandLine: '/bin/sh -c true' }, 'Windows')?.failure?.code).toBe('CommandProgramNotFound')
    expect(startTaskExit({ commandLine: 'cmd /c exit /b 3' }, 'Windows')?.exitCode).toBe(3)
  })

  it('that is absent or empty does not run', () => {
    expect(startTaskExit(undefined, 'Linux')).toBeNull()
    expect(startTaskExit({ commandLine: ' ' }, 'Linux')).toBeNull()
  })
})

describe('a node', () => {
  const node: NodeRecord = {
    id: 'n',
    isDedicated: true,
    createdAtMs: 0,
    allocatedAtMs: 90_000,
    leavingAtMs: null,
    fate: 'idle',
    startTask: { exitCode: 0, failure: null },
    waitsForStartTask: true,
  }
  const states = (of: NodeRecord, ...times: number[]) => times.map((time) => nodeStateAt(of, time * 1000).state)

  it('goes its way by the clock', () => {
    expect(states(node, 10, 100, 175, 300)).toEqual(['creating', 'starting', 'waitingforstarttask', 'idle'])
  })

  it('is idle at once when nobody waits for its start task', () => {
    expect(states({ ...node, waitsForStartTask: false }, 175)).toEqual(['idle'])
  })

  it('that stays silent is given up after minutes', () => {
    expect(states({ ...node, fate: 'unusable' }, 100, 300, 400)).toEqual(['starting', 'starting', 'unusable'])
  })

  it('that leaves is leaving whatever it was', () => {
    expect(states({ ...node, leavingAtMs: 100_000 }, 95, 101, 300)).toEqual(['starting', 'leavingpool', 'leavingpool'])
  })
})
