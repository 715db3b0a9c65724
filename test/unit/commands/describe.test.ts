import { describe as group, expect, it } from 'vitest'
import { describe } from '../../../src/main/commands/describe'
import type { Inspection } from '../../../src/shared/outputs'

const seen: Inspection = {
  format: 'vhdx',
  verdict: 'block',
  virtualSize: 127 * 1024 ** 3,
  dataBytes: 127 * 1024 ** 3,
  uploadBytes: 127 * 1024 ** 3 + 512,
  partitionTable: 'gpt',
  generation: 'V2',
  os: { type: 'Linux', id: 'debian', versionId: '12' },
  generalized: false,
  encrypted: false,
  findings: [
    { id: 'boot.generation', severity: 'info', params: { generation: 2 }, message: '', remedy: '' },
    { id: 'linux.swap', severity: 'warn', message: '', remedy: '' },
    {
      id: 'linux.generalized',
      severity: 'block',
      params: { traces: 'var/lib/waagent/provisioned\u001b[2J' },
      commands: [
        { on: 'linux', text: 'sudo waagent -force -deprovision+user' },
        { on: 'windows', text: 'sysprep' },
      ],
      message: '',
      remedy: '',
    },
  ],
  passed: ['linux.agent', 'linux.lvm'],
  unknown: ['linux.fstab'],
  ms: 1400,
}

group('what the command line says of a disk', () => {
  it('comes in the order and in the words of the card', () => {
    const lines = describe('/disks/maya.vhdx', seen).split('\n')
    expect(lines.slice(0, 7)).toEqual([
      '/disks/maya.vhdx: This image would not start on Batch nodes yet',
      'Read in 1.4 s. 1 thing stops it, 1 deserves a look.',
      '  Format        VHDX, 127\u00a0GiB',
      '  System        debian 12',
      '  Generation    V2 (UEFI)',
      '  Node agent    debian 12',
      '  Architecture  x64',
    ])
    const headings = lines.filter((line) => line.endsWith(']'))
    expect(headings.map((line) => line.replace(/.*\[/, '['))).toEqual(['[linux.generalized]', '[linux.swap]'])
    expect(lines).toContain('    sudo waagent -force -deprovision+user')
    expect(lines).not.toContain('    sysprep')
    expect(lines.slice(-3)).toEqual([
      '2 checks passed.',
      '1 could not be made, because it could not be read: Disks named by UUID.',
      '',
    ])
  })

  it('speaks German where that is wanted', () => {
    expect(describe('a.vhdx', seen, 'de')).toContain('1 Punkt verhindert den Start, 1 verdient einen Blick.')
  })

  it('cannot be used by a disk to write to the terminal', () => {
    const said = describe('a\u001b]0;title\u0007.vhdx', seen)
    expect(said).not.toContain('\u001b')
    expect(said).not.toContain('\u0007')
  })
})
