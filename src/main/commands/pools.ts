import path from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors'
import type { InventoryPool } from '../../shared/inventory'
import type { Pool } from '../azure/pools'
import { createClouds } from '../clouds'
import { joinInventory, keyOf, type PoolFacts } from '../inventory'
import { openLog } from '../log'
import { defaultStateFolder, pathsIn } from '../paths'
import { createPracticeProcess } from '../practice-process'
import { deviceCodeOnStderr, keptNetwork, memoryCache, type CliFacts } from './headless'
import { readPools } from '../read-pools'
import { badUse, exitCodes, reportError, type CommandIo, type ExitCode } from './io'

const usage = 'batch-image-studio pools [--cloud NAME|FILE] [--state DIR] [--json]'

/** One pool as `pools --json` prints it. */
type Row = {
  pool: string
  account: string
  subscription: string
  region: string
  image: Pool['image']
  vmSize: string
  nodeAgentSku: string
  dedicated: number
  spot: number
  state: string
  id: string
  /** Kind of image, more exact than `image.kind`. */
  kind: InventoryPool['kind']
  imageName: string
  /** Whether new nodes can still be made from it: there, gone, noReplica, retired, unknown. */
  imageState: InventoryPool['image']['state']
  targetDedicated: number
  targetSpot: number
  isAutoScaled: boolean
  /** Numbers of nodes by state; empty where they may not be counted. */
  nodes: Record<string, number>
  /** Codes of what stopped the last resize. */
  resizeErrors: string[]
}

/** `pools`: every pool of every account with the image it uses. What refuses is told on stderr, and the rest is printed. */
export async function runPools(argv: string[], io: CommandIo, cli: CliFacts): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const paths = pathsIn(path.resolve(given.state ?? defaultStateFolder()))
  const { network } = keptNetwork(paths.state, io)
  const log = openLog(paths.logs)
  const practice = createPracticeProcess({ program: cli.practiceProgram, folder: paths.practice, log, speed: 'jump' })
  const clouds = createClouds({
    practice,
    signInUi: deviceCodeOnStderr(io, cli),
    tokenCache: memoryCache(),
    network,
    headless: { environment: io.env },
  })
  try {
    const cloud = await clouds.cloud('pools', { cloud: given.cloud }, 'environment', { signal: io.signal })
    const facts = await readPools(cloud, null, io.signal)
    const rows = rowsOf(facts)
    const asJson = given.json || !isTerminal(io)
    io.stdout.write(asJson ? `${JSON.stringify(rows)}\n` : table(rows, cli))
    return tellRefusals(io, facts)
  } finally {
    clouds.close()
    await practice.stop()
  }
}

function rowsOf(facts: PoolFacts): Row[] {
  const inventory = joinInventory(facts, { at: new Date().toISOString(), username: '', runs: new Map() })
  const joined = new Map(inventory.pools.map((pool) => [pool.key, pool]))
  const pools = facts.accounts.flatMap(({ pools }) => pools.value ?? [])
  return pools.flatMap((pool) => {
    const row = joined.get(keyOf(pool.id))
    return row ? [rowOf(pool, row)] : []
  })
}

function rowOf(pool: Pool, row: InventoryPool): Row {
  const { name, image, vmSize, nodeAgentSku, dedicated, spot, allocationState, id } = pool
  return {
    pool: name,
    account: row.accountName,
    subscription: row.subscription,
    region: row.region,
    image,
    ...{ vmSize, nodeAgentSku, dedicated, spot, state: allocationState, id },
    kind: row.kind,
    imageName: row.image.label,
    imageState: row.image.state,
    targetDedicated: row.targetDedicated,
    targetSpot: row.targetSpot,
    isAutoScaled: row.autoScale !== null,
    nodes: row.nodes,
    resizeErrors: pool.resizeErrors.map(({ code }) => code),
  }
}

/** Pools that could not be read are missing from the list, so that the command did not succeed. */
function tellRefusals(io: CommandIo, { accounts, refusals }: PoolFacts): ExitCode {
  const errors = [
    ...refusals.filter(({ kind }) => kind === 'subscription').map(({ error }) => error),
    ...accounts.flatMap(({ pools }) => (pools.error ? [pools.error] : [])),
  ]
  for (const { code, params, details } of errors) reportError(io, new AppError(code, params, details))
  return errors.length > 0 ? exitCodes.failed : exitCodes.ok
}

function table(rows: Row[], facts: CliFacts): string {
  if (!rows.length) return `${facts.texts.noPools}\n`
  return rows
    .map((row) => `${row.account}/${row.pool}  ${row.dedicated}+${row.spot}  ${imageText(row.image)}\n`)
    .join('')
}

function imageText(image: Pool['image']): string {
  switch (image.kind) {
    case 'gallery':
    case 'managed':
      return `${image.kind}: ${image.id}`
    case 'marketplace':
      return `${image.kind}: ${image.publisher}/${image.offer}/${image.sku}/${image.version}`
    case 'retired':
      return image.kind
  }
}

function isTerminal(io: CommandIo): boolean {
  return 'isTTY' in io.stdout && io.stdout.isTTY === true
}

function parse(argv: string[]): { cloud: string; state?: string; json: boolean } | string {
  const options = {
    cloud: { type: 'string', default: 'public' },
    state: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const
  try {
    const { values } = parseArgs({ args: argv, options })
    return {
      cloud: values.cloud,
      json: values.json,
      ...(values.state === undefined ? {} : { state: values.state }),
    }
  } catch (error) {
    return (error as Error).message
  }
}
