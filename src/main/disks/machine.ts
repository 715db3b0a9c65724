/** The processor that a program is made for. */
export type Machine = 'x64' | 'Arm64' | 'other'

const elfMachines: Record<number, Machine> = { 0x3e: 'x64', 0xb7: 'Arm64' }
const peMachines: Record<number, Machine> = { 0x8664: 'x64', 0xaa64: 'Arm64' }

/** Tells by its first bytes, of a program (ELF), an EFI or Windows program (PE) or a Linux kernel; null when it is none of them. */
export function machineOf(head: Buffer): Machine | null {
  if (head.length < 64) return null
  if (head.toString('latin1', 0, 4) === '\x7fELF') return elfMachines[head.readUInt16LE(18)] ?? 'other'
  // Linux kernel documentation, "Booting AArch64 Linux" and "The Linux/x86 Boot Protocol".
  if (head.toString('latin1', 56, 60) === 'ARM\x64') return 'Arm64'
  const pe = head.toString('latin1', 0, 2) === 'MZ' ? head.readUInt32LE(60) : head.length
  if (pe + 6 <= head.length && head.toString('latin1', pe, pe + 4) === 'PE\0\0') {
    return peMachines[head.readUInt16LE(pe + 4)] ?? 'other'
  }
  if (head.length < 0x238 || head.toString('latin1', 0x202, 0x206) !== 'HdrS') return null
  return head.readUInt16LE(0x236) & 1 ? 'x64' : 'other'
}
