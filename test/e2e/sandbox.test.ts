import { _electron, expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { ordinaryLaunch } from '../support/ordinary-user'

test('the app runs for an ordinary user, and its window lives in a sandbox', async () => {
  const launch = ordinaryLaunch()
  const { executablePath, args, folder } = launch
  const app = await _electron.launch({
    args,
    cwd: folder,
    chromiumSandbox: true,
    ...(executablePath ? { executablePath } : {}),
  })
  try {
    const page = await app.firstWindow()
    await expect(page).toHaveTitle(/Batch Image Studio/)
    const facts = await app.evaluate(({ app: electron, BrowserWindow }) => ({
      uid: process.getuid?.() ?? null,
      windowPid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
      hasSandboxOff: electron.commandLine.hasSwitch('no-sandbox'),
    }))
    expect(facts.hasSandboxOff).toBe(false)
    expect(facts.uid).not.toBe(0)
    expect(facts.uid).toBe(launch.uid ?? process.getuid?.() ?? null)
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined')
    expect(sandboxOf(facts.windowPid)).toEqual({ filtersSystemCalls: true, seesOtherProcesses: false })
  } finally {
    await app.close()
    launch.remove()
  }
})

/** What Linux itself says of the window's process; elsewhere there is nothing like it to read. */
function sandboxOf(windowPid: number) {
  if (process.platform !== 'linux') return { filtersSystemCalls: true, seesOtherProcesses: false }
  const status = readFileSync(`/proc/${windowPid}/status`, 'utf8')
  const numbers = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
  // A process with a number of its own in a namespace of its own cannot even name the processes outside.
  return { filtersSystemCalls: /^Seccomp:\s*2$/m.test(status), seesOtherProcesses: numbers.length < 2 }
}
