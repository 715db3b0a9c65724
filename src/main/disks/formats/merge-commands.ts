import type { Finding } from '../../../shared/outputs'
import type { Image } from './layout'
import { quoted } from '../quoted'

/** What to type where all files are, so that what builds on another becomes one file. */
export function mergeCommands({ source, detected: { kind } }: Image): NonNullable<Finding['commands']> {
  const file = source.file ?? ''
  if (kind === 'qcow2') return [{ on: 'linux', text: `qemu-img convert -O qcow2 ${quoted(file, 'linux')} whole.qcow2` }]
  return [{ on: 'windows', text: `Convert-VHD -Path ${quoted(file, 'win32')} -DestinationPath whole.vhdx` }]
}
