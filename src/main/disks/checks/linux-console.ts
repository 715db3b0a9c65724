import { finding } from '../findings'
import type { GuestFiles } from '../guest/files'
import type { LinuxSystem } from '../linux'
import type { Check } from './check'
import { setKernelLine } from './distribution'

const written = ['boot/grub/grub.cfg', 'boot/grub2/grub.cfg', 'boot/grub/grubenv', 'boot/grub2/grubenv']
const settings = ['etc/default/grub', 'etc/kernel/cmdline']

export const consoleChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'linux.serial-console',
    look({ files, kernel, release }) {
      const lines = kernelLines(files)
      if (lines === null) return 'unknown'
      const console = kernel.machine === 'Arm64' ? 'ttyAMA0' : 'ttyS0'
      if (lines.includes(`console=${console}`)) return null
      // The line that Microsoft's instructions give: learn.microsoft.com, "create-upload-generic".
      const line = `console=tty1 console=${console},115200n8 earlyprintk=${console},115200 rootdelay=300 net.ifnames=0`
      return finding('linux.serial-console', 'warn', { console }, setKernelLine(release, line))
    },
  },
]

/** What the boot loader tells the kernel; only where it says nothing, what it is to be made from. */
function kernelLines(files: GuestFiles): string | null {
  const entries = files.paths('boot/loader/entries/*.conf')
  const loader = [...written, ...entries].flatMap((path) => files.text(path) ?? [])
  // A grub.cfg that only leads to another one names no kernel.
  const isTold = loader.some((text) => /^\s*(linux|linux16|linuxefi|options|kernelopts=)/m.test(text))
  const texts = isTold ? loader : settings.flatMap((path) => files.text(path) ?? [])
  return texts.length > 0 ? texts.join('\n').replace(/^\s*#.*$/gm, '') : null
}
