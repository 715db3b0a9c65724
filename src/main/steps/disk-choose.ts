import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { ChosenFile, OutputOf } from '../../shared/outputs'
import { parseForm, type RunStep } from './tools'

/** The disk images on this computer: one with the system, others that every node gets beside it. Size and time are kept, so that a file that changes later is noticed. */
export const diskChoose: RunStep<'disk.choose'> = {
  id: 'disk.choose',
  requires: [],
  parse: (input) => parseForm('disk.choose', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: async (_tools, input) => ({ is: 'done', output: await allFacts(input) }),
  run: (_tools, input) => allFacts(input),
}

async function allFacts({ file, dataDisks }: Inputs['disk.choose']): Promise<OutputOf<'disk.choose'>> {
  const system = await fileFacts(file)
  if (dataDisks.length === 0) return system
  const data = []
  for (const { lun, file: other } of dataDisks.toSorted((a, b) => a.lun - b.lun)) {
    data.push({ lun, ...(await fileFacts(other)) })
  }
  return { ...system, dataDisks: data }
}

/** Throws AppError `file.not-found`, `file.unreadable` or `file.empty`. */
async function fileFacts(file: string): Promise<ChosenFile> {
  const full = path.resolve(file)
  try {
    const found = await stat(full)
    if (!found.isFile()) throw new AppError('file.unreadable', { file: full }, { message: 'not a regular file' })
    await access(full, constants.R_OK)
    if (found.size === 0) throw new AppError('file.empty', { file: full })
    return { file: full, sizeBytes: found.size, modifiedMs: found.mtimeMs }
  } catch (error) {
    if (error instanceof AppError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    const known = code === 'ENOENT' || code === 'ENOTDIR' ? 'file.not-found' : 'file.unreadable'
    throw new AppError(known, { file: full }, { message }, { cause: error })
  }
}

/** Throws AppError `file.changed` when the file is not the one that was chosen. */
export async function assertUnchanged(chosen: ChosenFile): Promise<void> {
  const now = await fileFacts(chosen.file)
  if (now.sizeBytes !== chosen.sizeBytes || now.modifiedMs !== chosen.modifiedMs) {
    throw new AppError('file.changed', { file: path.basename(chosen.file) })
  }
}
