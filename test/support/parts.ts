import type { Part } from '../../src/shared/parts'

/** A part of an install recipe that is named by its id. */
export function part(id: string, script: string, more: Partial<Part> = {}): Part {
  return { id, name: id, files: [], script, reboot: false, check: '', skip: false, ...more }
}
