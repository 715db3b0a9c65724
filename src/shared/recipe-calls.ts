import { z } from 'zod'
import type { ErrorData } from './errors'
import type { Part, PartState } from './parts'

const run = z.string().regex(/^[a-z0-9-]{1,64}$/)
const done = z.null()

/**
 * A recipe from a file, before anything of it is taken: its scripts are shown and confirmed, and so are the files of this computer that
 * its parts copy into the VM.
 */
export type ImportedRecipe = {
  id: string
  file: string
  name: string
  parts: Part[]
  /** By the name of the part; `isThere`: it exists. null: it would be on another computer, at which nobody has looked. */
  files: { part: string; from: string; to: string; isThere: boolean | null }[]
}

/** What the parts of a run's recipe do now. */
export type RecipeView = {
  parts: PartState[]
  /** The part or line that runs. */
  running: { id: string; startedAt: string } | null
  /** A line of the command bar that ran last. */
  line: RecipeLine | null
}

export type RecipeLine = {
  /** Without passwords and keys. */
  text: string
  exitCode: number | null
  error: ErrorData | null
  /** `secret`: it was to become a part, but carries a password; `failed`: it ended with another code than 0. Absent: not wanted. */
  kept?: 'kept' | 'secret' | 'failed'
}

/** Id under which the command bar's output comes down the stream. */
export const lineId = 'line'

export const recipeCalls = {
  /** Runs one line in the VM's shell, beside the terminals, and adds it to the recipe where `keep` says so. */
  'recipe.runLine': {
    input: z.strictObject({ run, line: z.string().min(1).max(8000), keep: z.boolean() }),
    output: done,
  },
  /** Stops the part or line that runs. */
  'recipe.stop': { input: z.strictObject({ run }), output: done },
  /** Main shows the system's file dialog; null when nothing was chosen. Nothing is taken yet. */
  'recipe.import': { input: z.strictObject({ run }), output: z.custom<ImportedRecipe | null>() },
  /** Adds the parts of a recipe that was shown; the person has confirmed its scripts. */
  'recipe.take': {
    input: z.strictObject({
      run,
      imported: z.string().max(40),
      /** The person has seen which files of this computer it copies; without that a recipe with such files is refused. */
      withFiles: z.boolean().default(false),
    }),
    output: done,
  },
  'recipe.export': { input: z.strictObject({ run }), output: z.object({ file: z.string().nullable() }) },
  /** Main shows the system's dialog for what a part copies. */
  'recipe.pickFile': {
    input: z.strictObject({ run, what: z.enum(['file', 'folder']) }),
    output: z.object({ file: z.string().nullable() }),
  },
  /** The script that gives a Windows VM its control channel, as it is to be pasted there, in full. */
  'recipe.channelScript': { input: z.strictObject({ run }), output: z.object({ text: z.string() }) },
} as const

export const recipeStreams = {
  recipe: {
    open: z.strictObject({ run }),
    up: z.never(),
    down: z.custom<{ kind: 'view'; view: RecipeView } | { kind: 'output'; id: string; text: string }>(),
  },
} as const
