import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { unwritable } from './engine/files'

/** Where everything that outlives a start is kept, below one folder. */
export type Paths = {
  state: string
  runs: string
  uploads: string
  logs: string
  tokens: string
  practice: string
  catalogs: string
  settings: string
  pools: string
  pins: string
  doors: string
}

export function pathsIn(state: string): Paths {
  return {
    state,
    runs: join(state, 'runs'),
    uploads: join(state, 'uploads'),
    logs: join(state, 'logs'),
    tokens: join(state, 'tokens'),
    practice: join(state, 'practice'),
    catalogs: join(state, 'catalogs'),
    settings: join(state, 'settings.json'),
    pools: join(state, 'pools.json'),
    pins: join(state, 'pins.json'),
    doors: join(state, 'doors.json'),
  }
}

/** Makes the state folder where it is missing. Throws AppError `state.unwritable` {folder} where nothing can be kept. */
export function assertWritable(state: string): void {
  try {
    mkdirSync(state, { recursive: true })
    accessSync(state, constants.W_OK)
  } catch (error) {
    throw unwritable(state, error)
  }
}

/** The folder that the command line shares with the window unless told otherwise: the system's place for app data. */
export function defaultStateFolder(): string {
  const name = 'Batch Image Studio'
  if (process.platform === 'win32')
    return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), name, 'state')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name, 'state')
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), name, 'state')
}
