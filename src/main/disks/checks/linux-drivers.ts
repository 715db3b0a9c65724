import { finding } from '../findings'
import type { GuestFiles } from '../guest/files'
import { diskDrivers, type DriverName, type Kernel } from '../kernel'
import type { LinuxSystem } from '../linux'
import type { Check } from './check'
import { addToInitramfs, installKernel, onLinux } from './distribution'

const hyperV: readonly DriverName[] = ['hv_vmbus', 'hv_storvsc', 'hv_netvsc']

export const driverChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'linux.hyperv.kernel',
    look({ kernel, release }) {
      const missing = hyperV.filter((name) => kernel.driver(name) === 'absent')
      if (missing.length > 0) {
        return finding('linux.hyperv.kernel', 'block', about(kernel, missing), installKernel(release))
      }
      return hyperV.some((name) => kernel.driver(name) === 'unknown') ? 'unknown' : null
    },
  },
  {
    id: 'linux.hyperv.initramfs',
    look({ kernel, release }) {
      if (diskDrivers.every((name) => kernel.driver(name) === 'built-in')) return null
      const loaded = diskDrivers.filter((name) => kernel.driver(name) === 'module')
      if (loaded.length === 0 || kernel.initramfs === 'unknown') return 'unknown'
      const { initramfs } = kernel
      if (initramfs === 'absent') {
        return finding('linux.hyperv.initramfs:none', 'warn', about(kernel, []), addToInitramfs(release))
      }
      const missing = loaded.filter((name) => !initramfs.has(name))
      if (missing.length === 0) return null
      return finding('linux.hyperv.initramfs', 'warn', about(kernel, missing), addToInitramfs(release))
    },
  },
  {
    id: 'linux.modules.udf-vfat',
    look({ kernel, files }) {
      const both = ['vfat', 'udf'] as const
      const off = both.filter((name) => kernel.driver(name) === 'module' && isBlacklisted(files, name))
      const [first] = off
      if (first) {
        const names = off.map((name) => `-e ${name}`).join(' ')
        const show = onLinux(`grep -rnw ${names} /etc/modprobe.d /usr/lib/modprobe.d`)
        return finding(`linux.modules.udf-vfat:${first}-off`, 'warn', { names: off.join(', ') }, show)
      }
      const absent = both.find((name) => kernel.driver(name) === 'absent')
      if (absent) return finding(`linux.modules.udf-vfat:${absent}`, 'warn', about(kernel, []))
      return both.some((name) => kernel.driver(name) === 'unknown') ? 'unknown' : null
    },
  },
]

function about({ version }: Kernel, names: readonly string[]) {
  return { version: version ?? '', ...(names.length > 0 && { names: names.join(', ') }) }
}

/** As hardening guides (CIS) do it: `install udf /bin/true`, or `blacklist udf`. */
function isBlacklisted(files: GuestFiles, name: string): boolean {
  const off = new RegExp(`^\\s*(blacklist\\s+${name}\\s*$|install\\s+${name}\\s+/(usr/)?bin/(true|false)\\b)`, 'm')
  const paths = ['etc/modprobe.d/*.conf', 'usr/lib/modprobe.d/*.conf'].flatMap((pattern) => files.paths(pattern))
  return paths.some((path) => off.test(files.text(path) ?? ''))
}
