import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Outcome } from '../engine/work'
import { AppError } from '../../shared/errors'
import { fill } from '../../shared/messages/format'
import { isUnneeded } from '../../shared/needs'
import type { JournalEntry, RunSummary } from '../../shared/run'
import { recipes, stepIds, type StepId } from '../../shared/terms'
import { openLog } from '../log'
import { assertWritable, defaultStateFolder, pathsIn } from '../paths'
import { loadPlan, type Plan } from '../plan'
import type { PracticeSpeed } from '../practice-process'
import { createStudio, type Studio } from '../studio'
import { deviceCodeOnStderr, keptNetwork, memoryCache, type CliFacts } from './headless'
import { badUse, exitCodeOf, exitCodes, reportError, type CommandIo, type ExitCode } from './io'
import { speedFrom } from './practice'
import { confirmPlan } from './trust'

const usage =
  'batch-image-studio run PLAN [--cloud NAME|FILE] [--state DIR] [--set step.field=value]... [--stop-after STEP] [--wait MINUTES] [--speed X] [--trust-plan] [--json]'

const longestWaitMinutes = 10_000

type Given = {
  plan: string
  state: string
  cloud?: string
  settings: string[]
  stopAfter?: StepId
  waitMinutes: number
  speed: PracticeSpeed
  trustPlan: boolean
  json: boolean
}
type Status = 'finished' | 'stopped' | 'failed' | 'blocked' | 'signIn' | 'cancelled'

/** `run PLAN`: does what a plan says, up to the report; the same command again goes on with the same run. */
export async function runRun(argv: string[], io: CommandIo, facts: CliFacts): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const plan = await loadPlan(given.plan, given.settings)
  // What the command line names itself is the caller's own.
  const concerns = plan.concerns.filter(({ what }) => !(given.cloud && what === 'profile'))
  if (!given.trustPlan) await confirmPlan(concerns, io, facts)
  if (given.cloud) plan.inputs['connect.cloud'] = { ...plan.inputs['connect.cloud'], cloud: given.cloud }
  assertWritable(given.state)
  const asJson = given.json || !('isTTY' in io.stdout && io.stdout.isTTY)
  const studio = createStudio({
    stateFolder: given.state,
    appVersion: facts.version,
    log: openLog(pathsIn(given.state).logs),
    language: () => plan.language ?? facts.language,
    signInUi: deviceCodeOnStderr(io, facts),
    tokenCache: memoryCache(),
    ...keptNetwork(given.state, io),
    practice: { program: facts.practiceProgram, speed: given.speed },
    headless: { environment: io.env },
    ...(given.waitMinutes > 0 ? { queue: { limitMs: given.waitMinutes * 60_000 } } : {}),
    onEntry: (_run, entry) => io.stdout.write(asJson ? `${JSON.stringify(entry)}\n` : lineOf(entry, facts)),
  })
  try {
    return await drive(studio, plan, given, io, facts, asJson)
  } finally {
    await studio.close()
  }
}

async function drive(
  studio: Studio,
  plan: Plan,
  given: Given,
  io: CommandIo,
  facts: CliFacts,
  asJson: boolean,
): Promise<ExitCode> {
  const started = performance.now()
  const { engine } = studio
  const run = await chooseRun(studio, plan, path.parse(given.plan).name)
  for (const step of recipes[plan.recipe]) await fillForm(studio, run, step, plan)
  const onAbort = () => void engine.cancel(run)
  io.signal.addEventListener('abort', onAbort)
  // Aborted before the listener stood there: then nothing is begun.
  if (io.signal.aborted) throw new AppError('cancelled')
  const work = await engine.continue(run, given.stopAfter ? { stopAfter: given.stopAfter } : {})
  const result = await work.ended
  io.signal.removeEventListener('abort', onAbort)
  const code = codeOf(result, io)
  const status = statusOf(result.is, code)
  const resources = (await engine.open(run)).state.resources.map(({ id, what, keep, step }) => ({
    id,
    what,
    keep,
    step,
  }))
  const seconds = Math.round(performance.now() - started) / 1000
  const summary = { run, status, resources, seconds }
  io.stdout.write(
    asJson ? `${JSON.stringify(summary)}\n` : `${fill(facts.texts.result[status], { seconds }, facts.language)}\n`,
  )
  return code
}

function codeOf(result: Outcome, io: CommandIo): ExitCode {
  if (result.is === 'finished' || result.is === 'done') return exitCodes.ok
  if (result.is === 'cancelled' || result.is === 'paused' || result.is === 'closed' || !result.error)
    return exitCodes.cancelled
  reportError(io, new AppError(result.error.code, result.error.params, result.error.details))
  return result.is === 'blocked' || result.is === 'person' ? exitCodes.blocked : exitCodeOf(result.error.code)
}

function statusOf(ended: Outcome['is'], code: ExitCode): Status {
  if (ended === 'finished') return 'finished'
  if (ended === 'done') return 'stopped'
  const names = {
    [exitCodes.blocked]: 'blocked',
    [exitCodes.signIn]: 'signIn',
    [exitCodes.cancelled]: 'cancelled',
  } as const
  return code in names ? names[code as keyof typeof names] : 'failed'
}

/** The newest run of this plan in the folder, or a new one. */
async function chooseRun({ engine }: Studio, plan: Plan, planName: string): Promise<string> {
  const name = plan.name ?? planName
  const known = (await engine.list()).find(
    (summary) => summary.recipe === plan.recipe && summary.name === name && !givenUp.has(summary.status),
  )
  return known?.id ?? engine.create({ recipe: plan.recipe, name })
}

/** A run that was given up is never taken up again: the plan is then done anew. */
const givenUp: ReadonlySet<RunSummary['status']> = new Set(['cancelling', 'cancelled'])

/**
 * Only forms whose step is not over: what was done was done with what stands in the journal, names included. A step that the run
 * does without is one whose form may want it.
 */
async function fillForm({ engine }: Studio, run: string, step: StepId, plan: Plan) {
  const wanted = plan.inputs[step]
  const { state } = await engine.open(run)
  const { status, typed } = state.steps[step]
  if (!wanted || status === 'done' || (status === 'skipped' && !isUnneeded(step, state))) return
  await engine.setInput(run, step, { ...typed, ...wanted })
}

function lineOf(entry: JournalEntry, { texts, language }: CliFacts): string {
  switch (entry.kind) {
    case 'started':
    case 'done':
    case 'failed':
      return `${fill(texts.step[entry.kind], { step: entry.step }, language)}\n`
    case 'queued':
      return `${fill(texts.queued, { step: entry.step, host: entry.host }, language)}\n`
    case 'skipped':
      return `${fill(texts.skipped, { step: entry.step, reason: entry.reason }, language)}\n`
    case 'making':
      return `${fill(texts.making, { kind: entry.resource.what, id: entry.resource.id }, language)}\n`
    case 'gone':
      return `${fill(texts.gone, { id: entry.id }, language)}\n`
    case 'run':
    case 'renamed':
    case 'input':
    case 'ticket':
    case 'paused':
    case 'cancelling':
    case 'stuck':
    case 'cancelled':
    case 'changed':
      return ''
  }
}

function parse(argv: string[]): Given | string {
  const options = {
    cloud: { type: 'string' },
    state: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] as string[] },
    'stop-after': { type: 'string' },
    wait: { type: 'string', default: '0' },
    speed: { type: 'string', default: 'jump' },
    'trust-plan': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [plan, ...others] = positionals
    if (!plan || others.length > 0) return 'Name one plan.'
    const speed = speedFrom(values.speed)
    if (speed === null) return '--speed is jump or a factor from 1 to 60.'
    const waitMinutes = Number(values.wait)
    if (!(waitMinutes >= 0 && waitMinutes <= longestWaitMinutes)) {
      return `--wait is a number of minutes up to ${longestWaitMinutes}.`
    }
    const stopAfter = values['stop-after']
    if (stopAfter !== undefined && !(stepIds as readonly string[]).includes(stopAfter)) {
      return `--stop-after is one of ${stepIds.join(', ')}.`
    }
    return {
      plan,
      state: path.resolve(values.state ?? defaultStateFolder()),
      settings: [...values.set],
      waitMinutes,
      speed,
      trustPlan: values['trust-plan'],
      json: values.json,
      ...(values.cloud === undefined ? {} : { cloud: values.cloud }),
      ...(stopAfter === undefined ? {} : { stopAfter: stopAfter as StepId }),
    }
  } catch (error) {
    return (error as Error).message
  }
}
