import { test } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Keeps a picture with the test; where BIS_SCREENSHOTS names a folder, also there, to be looked at side by side. */
export async function keepPicture(name: string, body: Buffer): Promise<void> {
  await test.info().attach(`${name}.png`, { body, contentType: 'image/png' })
  const folder = process.env['BIS_SCREENSHOTS']
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.png`), body)
}
