import { expect, it } from 'vitest'
import { createKnownFiles } from '../../src/main/known-files'

const refused = { code: 'contract.refused', params: { name: 'file' } }
const part = (from: unknown) => ({ parts: [{ files: [{ from, to: 'x' }] }] })

it.each([
  ['disk.choose', { file: '/a.vhd' }],
  ['disk.choose', { file: '/picked.vhd', dataDisks: [{ file: '/a.vhd', lun: 0 }] }],
  ['vm.install', part('/a.vhd')],
  ['vm.install', part(7)],
  ['vm.install', { parts: [{ files: [null] }] }],
] as const)('a file that nobody picked is refused in %s: %j', (step, input) => {
  const files = createKnownFiles()
  files.add('/picked.vhd')
  expect(() => files.assertIn(step, input, {})).toThrow(expect.objectContaining(refused))
})

it.each([
  ['disk.choose', { file: '/picked.vhd', dataDisks: [null, {}] }, {}],
  ['disk.choose', { file: '/a.vhd', dataDisks: 'none' }, { file: '/a.vhd' }],
  ['vm.install', part('/picked.vhd'), {}],
  ['vm.install', part('/a.vhd'), part('/a.vhd')],
  ['vm.install', { parts: 'none' }, {}],
  ['vm.create', { file: '/a.vhd' }, {}],
] as const)('what was picked, or was in the form, passes in %s: %j', (step, input, before) => {
  const files = createKnownFiles()
  files.add('/picked.vhd')
  expect(() => files.assertIn(step, input, before)).not.toThrow()
})
