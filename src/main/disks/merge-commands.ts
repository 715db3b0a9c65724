import type { Finding } from '../../shared/outputs'
import type { Image } from './layout'
import { quoted } from './quoted'

/** What to type where the virtual machine is, so that a checkpoint and what it builds on become one file. */
export function mergeCommands({ source }: Image): NonNullable<Finding['commands']> {
  return [
    { on: 'windows', text: `Convert-VHD -Path ${quoted(source.file ?? '', 'win32')} -DestinationPath whole.vhdx` },
  ]
}
