import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createEngine, type Engine, type EngineOptions } from '../../src/main/engine/engine'
import type { AnyStep, EngineTools } from '../../src/main/engine/step'
import { AppError } from '../../src/shared/errors'
import type { StepId } from '../../src/shared/terms'

/**
 * A cloud that is a folder: a thing exists where its file exists, and every request that makes one is a line of `puts.log`.
 * It outlives the process that uses it.
 */
export type FolderCloud = {
  exists(id: string): boolean
  put(id: string): void
  remove(id: string): void
  puts(): string[]
  things(): string[]
}

export function folderCloud(folder: string): FolderCloud {
  mkdirSync(folder, { recursive: true })
  const log = path.join(folder, 'puts.log')
  const removed = path.join(folder, 'removed.log')
  const file = (id: string) => path.join(folder, encodeURIComponent(id))
  const lines = (name: string) => (existsSync(name) ? readFileSync(name, 'utf8').split('\n').filter(Boolean) : [])
  return {
    exists: (id) => existsSync(file(id)),
    put(id) {
      appendFileSync(log, `${id}\n`)
      writeFileSync(file(id), '')
    },
    remove(id) {
      appendFileSync(removed, `${id}\n`)
      rmSync(file(id))
    },
    puts: () => lines(log),
    things: () => [...new Set(lines(log))].filter((id) => existsSync(file(id))),
  }
}

export type SmallEnv = { cloud: FolderCloud }
export type SmallTools = EngineTools & SmallEnv

export const pagesOfUpload = 6

/** A short recipe with one step of each manner: found done, made, uploaded with tickets, made from an earlier output. */
export function smallRecipe(changes: Partial<Record<StepId, Partial<AnyStep<SmallEnv>>>> = {}): AnyStep<SmallEnv>[] {
  const steps: AnyStep<SmallEnv>[] = [
    {
      ...bare('connect.cloud', []),
      check: (_tools, input: { cloud: string }) => Promise.resolve({ is: 'done', output: { cloud: input.cloud } }),
    },
    { ...making('prepare.account', ['connect.cloud'], true) },
    {
      ...making('disk.upload', ['prepare.account'], false),
      closing: 'waits',
      run: upload,
      resume: upload,
    },
    { ...making('image.version', ['disk.upload'], true) },
    { ...making('pool.create', ['image.version'], true) },
  ]
  return steps.map((step) => ({ ...step, ...changes[step.id] }))
}

export function smallEngine(
  folder: string,
  changes: Partial<EngineOptions<SmallEnv>> = {},
): { engine: Engine<SmallEnv>; cloud: FolderCloud } {
  const cloud = folderCloud(path.join(folder, 'cloud'))
  const engine = createEngine<SmallEnv>({
    folder,
    recipes: { 'from-disk': smallRecipe() },
    environment: () => ({ cloud }),
    proposals: (step, state) => (step === 'connect.cloud' ? {} : { name: `${step}-of-${state.id}` }),
    now: () => new Date(),
    appVersion: '0.0.0',
    takeProof: () => [],
    ...changes,
  })
  return { engine, cloud }
}

function bare(id: StepId, requires: StepId[]): AnyStep<SmallEnv> {
  return {
    id,
    requires,
    parse(input) {
      const wanted = id === 'connect.cloud' ? 'cloud' : 'name'
      if (typeof input[wanted] !== 'string') throw new AppError('input.invalid', { step: id, fields: wanted })
      return input
    },
    describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
    check: () => Promise.resolve({ is: 'todo' }),
    run: () => Promise.resolve(null),
  }
}

function making(id: StepId, requires: StepId[], keep: boolean): AnyStep<SmallEnv> {
  return {
    ...bare(id, requires),
    async run(tools: SmallTools, input: { name: string }) {
      await make(tools, input.name, keep)
      return { made: input.name }
    },
    undo(tools: SmallTools, resource) {
      if (tools.cloud.exists(resource.id)) tools.cloud.remove(resource.id)
      return Promise.resolve()
    },
  }
}

async function make(tools: SmallTools, id: string, keep: boolean): Promise<void> {
  if (tools.cloud.exists(id)) return
  await tools.making({ id, what: 'container', keep })
  tools.cloud.put(id)
}

async function upload(tools: SmallTools, input: { name: string }): Promise<unknown> {
  await make(tools, input.name, false)
  for (let page = 1; page <= pagesOfUpload; page++) {
    tools.signal.throwIfAborted()
    const id = `${input.name}/page-${page}`
    if (!tools.cloud.exists(id)) tools.cloud.put(id)
    await tools.ticket({ page })
    tools.progress({ done: page, total: pagesOfUpload, unit: 'steps' })
  }
  return { made: input.name, pages: pagesOfUpload }
}
