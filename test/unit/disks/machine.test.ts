import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { machineOf } from '../../../src/main/disks/machine'

/** The header of an ELF program: gABI 4.1, e_machine at 18. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(128)
  head.write('\x7fELF', 'latin1')
  head.writeUInt16LE(machine, 18)
  return head
}

/** An EFI program: "PE Format" of Microsoft, the header where the field at 60 says. */
function efi(machine: number): Buffer {
  const head = Buffer.alloc(512)
  head.write('MZ', 'latin1')
  head.writeUInt32LE(0x80, 60)
  head.write('PE\0\0', 0x80, 'latin1')
  head.writeUInt16LE(machine, 0x84)
  return head
}

/** A Linux kernel: "The Linux/x86 Boot Protocol", xloadflags at 0x236, of which bit 0 says 64 bit. */
function bzImage(flags: number): Buffer {
  const head = Buffer.alloc(1024)
  head.write('HdrS', 0x202, 'latin1')
  head.writeUInt16LE(flags, 0x236)
  return head
}

/** "Booting AArch64 Linux": the magic number is at 56. */
function armKernel(): Buffer {
  const head = Buffer.alloc(64)
  head.writeUInt32LE(0x644d5241, 56)
  return head
}

test.each([
  ['a program of ELF for x86-64', elf(62), 'x64'],
  ['a program of ELF for AArch64', elf(183), 'Arm64'],
  ['a program of ELF for RISC-V', elf(243), 'other'],
  ['an EFI program for x64', efi(0x8664), 'x64'],
  ['an EFI program for AArch64', efi(0xaa64), 'Arm64'],
  ['an EFI program for 32 bits', efi(0x014c), 'other'],
  ['a kernel for 64 bits', bzImage(0x7f), 'x64'],
  ['a kernel for 32 bits', bzImage(0), 'other'],
  ['a kernel for AArch64', armKernel(), 'Arm64'],
  ['a text', Buffer.alloc(1024, 'kernel'), null],
  ['a header that points behind the end', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(1024, 0xff)]), null],
  ['nothing', Buffer.alloc(0), null],
])('%s', (_what, head, machine) => {
  expect(machineOf(head)).toBe(machine)
})

test('the program that runs this test is made for the processor that it runs on', async () => {
  const machines: Record<string, string> = { x64: 'x64', arm64: 'Arm64' }
  expect(machineOf(await readFile('/bin/sh'))).toBe(machines[process.arch])
})
