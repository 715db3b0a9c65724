import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '../shared/errors'
import { forms } from '../shared/forms/forms'
import { part, type Part } from '../shared/parts'
import { recipes, stepIds, type Language, type RecipeId, type StepId } from '../shared/terms'
import { builtInProfiles } from './net/profiles'
import { holdsHidden, parseData } from './plan-text'

export type PlanInputs = Partial<Record<StepId, Record<string, unknown>>>
export type Plan = { recipe: RecipeId; language?: Language; name?: string; inputs: PlanInputs }

/** A plan with every field filled and a long start task is some 20 KB. */
const limitBytes = 256 * 1024
const limitDepth = 20
const limitValues = 1_000
/** Fields that may hold `env:BIS_…`, as `step.field`. No form of today's recipes asks for a secret. */
const secretFields: ReadonlySet<string> = new Set()

const planShape = z.strictObject({
  schema: z.literal(1),
  recipe: z.enum(Object.keys(recipes) as [RecipeId]),
  language: z.enum(['en', 'de']).optional(),
  name: z.string().min(1).max(80).optional(),
  inputs: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

/**
 * Reads a plan (JSON or YAML) and overlays `step.field=value` settings. Paths of files in the plan start at its folder, those
 * in settings where the command was given. Throws AppError `plan.unreadable`, `plan.unknown-key`, `plan.invalid`, `plan.secret`.
 */
export async function loadPlan(
  file: string,
  settings: readonly string[] = [],
): Promise<Plan & { concerns: Concern[] }> {
  const plan = parsePlan(await readText(file), file)
  const found = concernsIn(plan.inputs)
  resolveFile(plan.inputs, path.dirname(path.resolve(file)))
  for (const setting of settings) applySetting(plan, setting)
  resolveFile(plan.inputs, process.cwd())
  const set = settings.map((setting) => setting.slice(0, setting.indexOf('=')))
  return { ...plan, concerns: found.filter(({ at }) => !set.some((key) => at === key || at.startsWith(`${key}.`))) }
}

/** Something in a plan that reaches out of it: a file of this computer that it reads, a command that is run, who gets in to a VM. */
export type Concern = {
  /** `step.field`. */
  at: string
  what: 'file' | 'profile' | 'script' | 'access'
  /** As it stands in the plan. */
  value: string
}

/** What a person must have seen before a plan of somebody else is carried out. */
function concernsIn(inputs: PlanInputs): Concern[] {
  const cloud = inputs['connect.cloud']?.['cloud']
  const isProfile = typeof cloud === 'string' && cloud !== 'practice' && !Object.hasOwn(builtInProfiles, cloud)
  const all: (Omit<Concern, 'value'> & { value: unknown })[] = [
    { at: 'disk.choose.file', what: 'file', value: inputs['disk.choose']?.['file'] },
    ...dataDisksIn(inputs).map(
      ({ file }, n) => ({ at: `disk.choose.dataDisks.${n}.file`, what: 'file', value: file }) as const,
    ),
    { at: 'connect.cloud.cloud', what: 'profile', value: isProfile ? cloud : undefined },
    ...(['sourceCidr', 'publicKey'] as const).map(
      (field) => ({ at: `vm.create.${field}`, what: 'access', value: inputs['vm.create']?.[field] }) as const,
    ),
    ...concernsOfParts(inputs),
    { at: 'pool.create.startTask', what: 'script', value: inputs['pool.create']?.['startTask'] },
  ]
  return all.flatMap(({ at, what, value }) => (typeof value === 'string' && value ? [{ at, what, value }] : []))
}

/** What the parts of an install recipe run in the VM, and what they copy there. */
function concernsOfParts(inputs: PlanInputs): Concern[] {
  return partsIn(inputs).flatMap(({ files = [], script = '', check = '' }, n): Concern[] => {
    const at = `vm.install.parts.${n}`
    return [
      ...files.map(({ from }, m): Concern => ({ at: `${at}.files.${m}.from`, what: 'file', value: from })),
      { at: `${at}.script`, what: 'script', value: script },
      { at: `${at}.check`, what: 'script', value: check },
    ]
  })
}

/** Checks the text of a plan. `file` names it in errors. */
export function parsePlan(text: string, file: string): Plan {
  const raw = parseText(text, file)
  assertShallow(raw, file)
  const parsed = planShape.safeParse(raw)
  if (!parsed.success) throw fromIssues(parsed.error.issues, [])
  const { language, name, inputs, recipe } = parsed.data
  const known = inputs as PlanInputs
  assertReadable({ name, inputs })
  for (const step of Object.keys(inputs)) assertStep(recipe, step)
  for (const step of stepIds) if (known[step]) assertForm(step, known[step])
  assertNoSecrets(inputs)
  const install = known['vm.install']
  // The window shows parts as they are kept: with every field.
  if (install?.['parts']) install['parts'] = z.array(part).parse(install['parts'])
  return { recipe, inputs: known, ...(language ? { language } : {}), ...(name ? { name } : {}) }
}

/** `disk.choose.file=x.vhd`, `image.version.regions=[{"name":"westeurope","replicas":2}]`, `image.version.regions.0.replicas=2`. */
export function applySetting({ recipe, inputs }: Pick<Plan, 'recipe' | 'inputs'>, setting: string): void {
  const at = setting.indexOf('=')
  const keys = setting.slice(0, at === -1 ? undefined : at).split('.')
  const step = keys.slice(0, 2).join('.')
  const fields = keys.slice(2)
  if (at === -1 || fields.length === 0) throw invalid(setting, 'expected step.field=value')
  if (fields.some((key) => !/^\w+$/.test(key) || key === '__proto__'))
    throw new AppError('plan.unknown-key', { keys: keys.join('.') })
  assertStep(recipe, step)
  const text = setting.slice(at + 1)
  assertReadable({ inputs: { [step]: { [fields[0]!]: text } } })
  const form = inputs[step as StepId] ?? {}
  // What reads as JSON but does not fit may still be meant as text: a name that consists of digits.
  const candidates = [...jsonValue(text), text].map(
    (value) => withValue(form, fields, value) as Record<string, unknown>,
  )
  const fitting = candidates.find((candidate) => issuesOf(step as StepId, candidate).length === 0)
  const chosen = fitting ?? candidates[0]!
  assertForm(step as StepId, chosen)
  assertNoSecrets({ [step]: chosen })
  inputs[step as StepId] = chosen
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > limitBytes) throw new Error(`larger than ${limitBytes} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function parseText(text: string, file: string): unknown {
  try {
    return parseData(text, { bytes: limitBytes, depth: limitDepth })
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('plan.unreadable', { file: path.basename(file) }, { message }, { cause: error })
}

function assertShallow(value: unknown, file: string): void {
  let level: unknown[] = [value]
  let values = 0
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length
    if (values > limitValues) throw unreadable(file, new Error(`more than ${limitValues} values`))
    if (depth > limitDepth) throw unreadable(file, new Error(`nested deeper than ${limitDepth} levels`))
    const objects = level.filter((item) => typeof item === 'object' && item !== null)
    // Parsers of records leave this key out without a word.
    if (objects.some((item) => Object.hasOwn(item, '__proto__')))
      throw new AppError('plan.unknown-key', { keys: '__proto__' })
    level = objects.flatMap((item) => Object.values(item) as unknown[])
  }
}

function assertReadable(texts: unknown): void {
  for (const [at, text] of strings(texts, '')) {
    const isScript = at === 'inputs.pool.create.startTask' || partScript.test(at)
    if (holdsHidden(text, isScript)) {
      throw invalid(at, 'holds control characters or signs that change the direction of writing')
    }
  }
}

const partScript = /^inputs\.vm\.install\.parts(?:\.\d+\.(?:script|check))?$/

function assertStep(recipe: RecipeId, step: string): void {
  if (!(recipes[recipe] as readonly string[]).includes(step)) {
    throw new AppError('plan.unknown-key', { keys: `inputs.${step}` })
  }
}

function assertForm(step: StepId, form: Record<string, unknown>): void {
  const issues = issuesOf(step, form)
  if (issues.length) throw fromIssues(issues, ['inputs', step])
}

/** A plan may leave fields out: proposals fill them. What is there must be right. */
function issuesOf(step: StepId, form: Record<string, unknown>) {
  const shape = forms[step] as unknown as z.ZodObject
  return shape.partial().safeParse(form).error?.issues ?? []
}

type Issue = { path: PropertyKey[]; message: string; code?: string | undefined; keys?: string[] }

function fromIssues(issues: Issue[], prefix: string[]): AppError {
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys')
  if (unknown) {
    return new AppError('plan.unknown-key', {
      keys: [...prefix, ...unknown.path, ...(unknown.keys ?? []).slice(0, 1)].join('.'),
    })
  }
  const first = issues[0]!
  return invalid([...prefix, ...first.path].join('.') || '*', first.message)
}

function invalid(at: string, message: string): AppError {
  return new AppError('plan.invalid', { fields: at }, { message })
}

/** Secrets stand in the environment, never in a plan; and only where a form asks for one may a plan point there. */
function assertNoSecrets(inputs: Record<string, unknown>): void {
  for (const [at, text] of strings(inputs, '')) {
    if (!/^env:/i.test(text)) continue
    if (!secretFields.has(at) || !/^env:BIS_[A-Z0-9_]+$/.test(text))
      throw new AppError('plan.secret', { keys: `inputs.${at}` })
  }
}

function* strings(value: unknown, at: string): Generator<[string, string]> {
  if (typeof value === 'string') yield [at, value]
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) yield* strings(item, at ? `${at}.${key}` : key)
}

function jsonValue(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}

function withValue(target: unknown, keys: readonly string[], value: unknown): unknown {
  const [key, ...rest] = keys
  if (key === undefined) return value
  if (Array.isArray(target) || (target === undefined && /^\d+$/.test(key))) {
    const items = [...((target as unknown[] | undefined) ?? [])]
    items[Math.min(Number(key) || 0, items.length)] = withValue(items[Number(key)], rest, value)
    return items
  }
  const from = typeof target === 'object' && target !== null ? (target as Record<string, unknown>) : {}
  return { ...from, [key]: withValue(Object.hasOwn(from, key) ? from[key] : undefined, rest, value) }
}

function resolveFile(inputs: PlanInputs, folder: string): void {
  const form = inputs['disk.choose']
  const file = form?.['file']
  if (form && typeof file === 'string' && file !== '') form['file'] = path.resolve(folder, file)
  for (const disk of dataDisksIn(inputs)) if (disk.file) disk.file = path.resolve(folder, disk.file)
  for (const copied of partsIn(inputs).flatMap(({ files = [] }) => files))
    copied.from = path.resolve(folder, copied.from)
}

/** As they stand in the plan, which was checked before. */
function dataDisksIn(inputs: PlanInputs): { file: string }[] {
  return (inputs['disk.choose']?.['dataDisks'] ?? []) as { file: string }[]
}

/** As they stand in the plan, which was checked before. */
function partsIn(inputs: PlanInputs): Partial<Part>[] {
  return (inputs['vm.install']?.['parts'] ?? []) as Partial<Part>[]
}
