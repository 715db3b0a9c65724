import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One ARM resource. `wire` is its body as every GET answers it (without id, name and type), `hidden` is what only the cloud knows. */
export type Resource = {
  /** Full ARM id in the spelling of its creator. */
  id: string
  /** Spelled as Azure does: `Microsoft.Compute/galleries/images`. */
  type: string
  name: string
  wire: Record<string, unknown>
  hidden: Record<string, unknown>
  /** The operation whose outcome its provisioningState follows. */
  operation: string | null
  createdAtMs: number
}

/** The whole state of the practice cloud, one JSON file, written before an answer that depends on it is sent. */
export type Store = {
  folder: string
  /** All resources by lower-case id. Change them freely, then call `touch`. */
  resources: Record<string, Resource>
  find(id: string): Resource | null
  put(resource: Omit<Resource, 'operation' | 'createdAtMs' | 'hidden'> & Partial<Resource>): Resource
  remove(id: string): void
  /** Resources of a type (any case) below a scope, in order of creation. */
  list(type: string, scope?: string): Resource[]
  /** A named, persisted part of the state, made at first use. Change it in place, then call `touch`. */
  part<T extends object>(name: string, initial: () => T): T
  /** Marks the state as changed; the server saves before it answers. */
  touch(): void
  /** Writes now if something changed (temporary file, then rename: a kill leaves the old or the new state, never half of one). */
  save(): void
  /** Runs before each save, so that others can put their last word into the state. */
  beforeSave(listener: () => void): void
}

const schema = 1

type State = {
  schema: number
  parts: Record<string, object>
  resources: Record<string, Resource>
}

/**
 * Opens the state of a folder, or starts an empty one.
 * @throws Error when the state was written by a newer version or cannot be read (`setAsideDamage` comes before)
 */
export function openStore(folder: string, now: () => number = Date.now): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'state.json')
  const state = load(file)
  const listeners: (() => void)[] = []
  let changed = false

  const store: Store = {
    folder,
    resources: state.resources,
    find: (id) => state.resources[key(id)] ?? null,
    put(resource) {
      const old = state.resources[key(resource.id)]
      const kept = {
        hidden: old?.hidden ?? {},
        operation: old?.operation ?? null,
        createdAtMs: old?.createdAtMs ?? now(),
      }
      const next = { ...kept, ...resource, id: old?.id ?? resource.id }
      state.resources[key(resource.id)] = next
      changed = true
      return next
    },
    remove(id) {
      const prefix = `${key(id)}/`
      for (const other of Object.keys(state.resources)) {
        if (other === key(id) || other.startsWith(prefix)) delete state.resources[other]
      }
      changed = true
    },
    list(type, scope = '') {
      const prefix = key(scope) === '' ? '/' : `${key(scope)}/`
      return Object.entries(state.resources)
        .filter(([id, one]) => id.startsWith(prefix) && one.type.toLowerCase() === type.toLowerCase())
        .map(([, one]) => one)
    },
    part<T extends object>(name: string, initial: () => T): T {
      state.parts[name] ??= initial()
      return state.parts[name] as T
    },
    touch() {
      changed = true
    },
    save() {
      if (!changed) return
      for (const listener of listeners) listener()
      writeWhole(file, JSON.stringify(state))
      changed = false
    },
    beforeSave(listener) {
      listeners.push(listener)
    },
  }
  return store
}

/** Replaces a file as a whole; retries while a virus scanner holds the old one (Windows). */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(`${file}.new`, file)
      return
    } catch (error) {
      if (attempt === 20) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25)
    }
  }
}

function key(id: string): string {
  return id.toLowerCase().replace(/\/+$/, '')
}

function load(file: string): State {
  const empty: State = { schema, parts: {}, resources: {} }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty
    throw error
  }
  const state = JSON.parse(text) as State
  if (state.schema > schema) throw new Error(`This practice cloud was made by a newer version (state ${state.schema}).`)
  return state
}
