import type { BaseFile } from './guest-disk'
import type { GuestImage } from './guests'

/** The files of a fresh Windows image; `/C:` is the drive, as OpenSSH for Windows names it. */
export function windowsBase(image: GuestImage): BaseFile[] {
  const folders =
    '/C: /C:/Windows /C:/Windows/System32 /C:/Windows/System32/Sysprep /C:/Windows/System32/OpenSSH /C:/Windows/System32/WindowsPowerShell /C:/Windows/System32/WindowsPowerShell/v1.0 ' +
    '/C:/Windows/System32/drivers /C:/Windows/System32/drivers/etc /C:/Windows/System32/config /C:/Windows/Panther /C:/Windows/Setup /C:/Windows/Setup/State /C:/Windows/Temp /C:/Windows/OEM /C:/Users /C:/Users/Public /C:/ProgramData ' +
    '/C:/WindowsAzure /C:/WindowsAzure/Logs /C:/Packages /C:/Packages/Plugins /C:/PerfLogs /D:'
  const programs =
    'cmd.exe shutdown.exe whoami.exe hostname.exe icacls.exe msiexec.exe reg.exe ipconfig.exe sc.exe net.exe'.split(' ')
  return [
    ...folders.split(' ').map((path): BaseFile => ({ path })),
    ...['/C:/Program Files', '/C:/Program Files (x86)', '/C:/Program Files/WindowsApps'].map((path): BaseFile => ({
      path,
    })),
    ...programs.map((name): BaseFile => ({ path: `/C:/Windows/System32/${name}`, text: 'MZ' })),
    { path: '/C:/Windows/System32/Sysprep/Sysprep.exe', text: 'MZ' },
    { path: '/C:/Windows/System32/WindowsPowerShell/v1.0/powershell.exe', text: 'MZ' },
    { path: '/C:/Windows/System32/drivers/etc/hosts', text: '127.0.0.1 localhost\r\n' },
    { path: '/C:/Windows/explorer.exe', text: 'MZ' },
    { path: '/C:/Windows/Panther/setupact.log', text: 'Setup of the image\r\n' },
    { path: '/D:/DATALOSS_WARNING_README.txt', text: 'WARNING: THIS IS A TEMPORARY DISK.\r\n' },
    { path: '/C:/WindowsAzure/image.txt', text: `${image.sku}\r\n` },
  ]
}

/** `2022` of `2022-datacenter-g2`; the number of the build beside it. */
export function windowsVersion({ sku }: GuestImage): { year: string; build: string } {
  const year = /20\d\d/.exec(sku)?.[0] ?? '2022'
  const builds: Record<string, string> = { '2016': '14393', '2019': '17763', '2022': '20348', '2025': '26100' }
  return { year, build: builds[year] ?? '20348' }
}
