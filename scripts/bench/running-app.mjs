import { _electron } from '@playwright/test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandboxSwitches } from '../setup/sandbox.mjs'

/** Starts the built app with a folder of its own, hands it to `work` as `(app, userData)`, and ends it whatever comes of that. */
export async function withApp({ program, env, studio, folder }, switches, work) {
  const userData = mkdtempSync(join(folder, 'app-'))
  mkdirSync(join(userData, 'state'))
  writeFileSync(join(userData, 'state', 'settings.json'), JSON.stringify({ theme: 'light', language: 'en' }))
  const args = [...sandboxSwitches(), studio, `--user-data-dir=${userData}`, ...switches]
  const app = await _electron.launch({ executablePath: program, args, env })
  try {
    await work(app, userData)
  } finally {
    await app.close()
    rmSync(userData, { recursive: true, force: true, maxRetries: 5 })
  }
}
