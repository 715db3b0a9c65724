import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'yaml'
import type { z } from 'zod'
import { AppError } from '../shared/errors'
import { recipeFile, type Part, type RecipeFile } from '../shared/parts'
import type { ImportedRecipe } from '../shared/recipe-calls'
import { carriesSecret } from '../shared/redact'
import { asDiskFull, unwritable } from './engine/files'
import { holdsHidden, parseData } from './plan-text'
import { withShortNames } from './plans'
import { addParts, type RecipeForm } from './recipe-form'

/** Install recipes as files: read and shown, taken once they were confirmed, written. */
export type RecipeFiles = {
  /** Reads a recipe and shows it; nothing is taken. Throws AppError `recipe.unreadable` {file}, `recipe.invalid` {fields}. */
  open(file: string): Promise<ImportedRecipe>
  /** Adds the parts of a recipe that `open` showed. Throws AppError `contract.refused`, `run.busy`, `recipe.too-large`. */
  take(run: string, id: string, withFiles: boolean): Promise<void>
  /** Writes a run's parts, and returns the name of the file. Throws AppError `recipe.empty`, `recipe.secret` {parts}, `disk-full`. */
  save(run: string, file: string): Promise<string>
}

/** As much as a form may have, with room for YAML's indentation. */
const limits = { bytes: 256 * 1024, depth: 8 }

export function createRecipeFiles(form: RecipeForm): RecipeFiles {
  const opened = new Map<string, ImportedRecipe>()
  let shown = 0

  return {
    async open(file) {
      const { name, parts } = parseRecipe(await textOf(file), file)
      const there = parts.map((part) => withFullNames(part, path.dirname(file)))
      const recipe = {
        id: `recipe-${++shown}`,
        file: path.basename(file),
        name,
        parts: there,
        files: await filesOf(there, path.dirname(file)),
      }
      opened.set(recipe.id, recipe)
      return recipe
    },
    async take(run, id, withFiles) {
      const recipe = opened.get(id)
      if (!recipe || (recipe.files.length > 0 && !withFiles)) throw new AppError('contract.refused', { name: 'recipe' })
      await form.change(run, (parts) => addParts(parts, recipe.parts))
      opened.delete(id)
    },
    async save(run, file) {
      const { name, parts } = await form.parts(run)
      const text = recipeText({ name, parts: parts.map((part) => withShortNames(part, path.dirname(file))) }, file)
      await writeFile(file, text, { mode: 0o600 }).catch((error: unknown) => {
        throw asDiskFull(error) ?? unwritable(path.dirname(file), error)
      })
      return path.basename(file)
    },
  }
}

/** Checks the text of a recipe; `file` names it in errors. Throws AppError `recipe.unreadable` {file}, `recipe.invalid` {fields}. */
export function parseRecipe(text: string, file: string): RecipeFile {
  const parsed = recipeFile.safeParse(dataOf(text, file))
  if (!parsed.success) throw invalid(parsed.error.issues)
  for (const [n, { name, files, script, check }] of parsed.data.parts.entries()) {
    const names = [name, ...files.flatMap(({ from, to }) => [from, to])]
    const isHiding =
      names.some((one) => holdsHidden(one, false)) || [script, check].some((one) => holdsHidden(one, true))
    if (isHiding)
      throw new AppError('recipe.invalid', { fields: `parts.${n}` }, { message: 'signs that cannot be seen' })
  }
  return parsed.data
}

/** A recipe as YAML that `parseRecipe` reads. Throws AppError `recipe.empty`, `recipe.secret` {parts}. */
export function recipeText({ name, parts }: { name: string; parts: readonly Part[] }, file: string): string {
  if (parts.length === 0) throw new AppError('recipe.empty')
  const secret = parts.filter(({ script, check }) => carriesSecret(script) || carriesSecret(check))
  if (secret.length > 0) throw new AppError('recipe.secret', { parts: secret.map((part) => part.name).join(', ') })
  const text = stringify(
    { schema: 1, kind: 'install-recipe', name, parts },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
  // What cannot be opened again would be no recipe.
  parseRecipe(text, file)
  return text
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > limits.bytes) throw new Error(`larger than ${limits.bytes} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function dataOf(text: string, file: string): unknown {
  try {
    return parseData(text, limits)
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('recipe.unreadable', { file: path.basename(file) }, { message }, { cause: error })
}

function invalid(issues: readonly z.core.$ZodIssue[]): AppError {
  const fields = issues.map(
    (issue) => [...issue.path, ...('keys' in issue ? issue.keys.slice(0, 1) : [])].join('.') || '*',
  )
  const message = issues.map((issue) => issue.message).join('; ')
  return new AppError('recipe.invalid', { fields: [...new Set(fields)].slice(0, 5).join(', ') }, { message })
}

function withFullNames(part: Part, folder: string): Part {
  return { ...part, files: part.files.map(({ from, to }) => ({ from: path.resolve(folder, from), to })) }
}

async function filesOf(parts: readonly Part[], folder: string): Promise<ImportedRecipe['files']> {
  const all = parts.flatMap(({ name, files }) => files.map(({ from, to }) => ({ part: name, from, to })))
  const look = async (from: string) => (isElsewhere(from, folder) ? null : isThere(from))
  return Promise.all(all.map(async (one) => ({ ...one, isThere: await look(one.from) })))
}

/**
 * A share of another computer than the one that the recipe's own folder is on: Windows would sign in there as soon as somebody looks,
 * before the recipe is trusted.
 */
export function isElsewhere(file: string, folder: string): boolean {
  const root = path.win32.parse(file).root.toLowerCase()
  return /^[\\/]{2}/.test(root) && root !== path.win32.parse(folder).root.toLowerCase()
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
