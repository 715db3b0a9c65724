import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Chromium refuses to run as root with its sandbox on. Nobody else ever gets this switch. */
export function sandboxSwitches() {
  return isRoot() ? ['--no-sandbox'] : []
}

/** Whether this is root on Linux. */
export function isRoot() {
  return process.platform === 'linux' && process.geteuid() === 0
}

/** Why the sandbox of `program` will probably not start on this system and what to do, or null. The sandbox is never switched off for it. */
export function sandboxTrouble(program) {
  if (process.platform !== 'linux' || isRoot() || hasHelper(program)) return null
  const byAppArmor = setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1'
  const off =
    setting('/proc/sys/kernel/unprivileged_userns_clone') === '0' ||
    setting('/proc/sys/user/max_user_namespaces') === '0'
  if (!byAppArmor && !off) return null
  const helper = helperOf(program)
  return (
    'This system restricts unprivileged user namespaces, which the sandbox of Electron needs. If the window does not open, run this once:\n' +
    `  sudo chown root:root ${helper} && sudo chmod 4755 ${helper}`
  )
}

/** The helper that needs no user namespaces, once an administrator has given it to root. */
function hasHelper(program) {
  const helper = statSync(helperOf(program), { throwIfNoEntry: false })
  return helper !== undefined && helper.uid === 0 && (helper.mode & 0o4000) !== 0
}

function helperOf(program) {
  return join(dirname(program), 'chrome-sandbox')
}

function setting(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
