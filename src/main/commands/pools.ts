import path from 'node:path'
import { parseArgs } from 'node:util'
import { listAccounts, type Account } from '../azure/accounts'
import type { Cloud } from '../azure/cloud'
import { listPools, type Pool } from '../azure/pools'
import { listSubscriptions } from '../azure/subscriptions'
import { createClouds } from '../clouds'
import { openLog } from '../log'
import { defaultStateFolder, pathsIn } from '../paths'
import { createPracticeProcess } from '../practice-process'
import { deviceCodeOnStderr, keptNetwork, memoryCache, type CliFacts } from './headless'
import { badUse, exitCodes, type CommandIo, type ExitCode } from './io'

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
}

/** `pools`: every pool of every account with the image it uses. */
export async function runPools(argv: string[], io: CommandIo, facts: CliFacts): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const paths = pathsIn(path.resolve(given.state ?? defaultStateFolder()))
  const { network } = keptNetwork(paths.state, io)
  const log = openLog(paths.logs)
  const practice = createPracticeProcess({ program: facts.practiceProgram, folder: paths.practice, log, speed: 'jump' })
  const clouds = createClouds({
    practice,
    signInUi: deviceCodeOnStderr(io, facts),
    tokenCache: memoryCache(),
    network,
    headless: { environment: io.env },
  })
  try {
    const cloud = await clouds.cloud('pools', { cloud: given.cloud }, 'environment', { signal: io.signal })
    const rows = await rowsOf(cloud, io.signal)
    const asJson = given.json || !isTerminal(io)
    io.stdout.write(asJson ? `${JSON.stringify(rows)}\n` : table(rows, facts))
    return exitCodes.ok
  } finally {
    clouds.close()
    await practice.stop()
  }
}

async function rowsOf(cloud: Cloud, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  for (const subscription of await listSubscriptions(cloud, signal)) {
    for (const account of await listAccounts(cloud, subscription.id, signal)) {
      const pools = await listPools(cloud, account.id, signal)
      rows.push(...pools.map((pool) => rowOf(pool, account, subscription.name)))
    }
  }
  return rows
}

function rowOf(pool: Pool, account: Account, subscription: string): Row {
  const { name, image, vmSize, nodeAgentSku, dedicated, spot, allocationState, id } = pool
  return {
    pool: name,
    account: account.name,
    subscription,
    region: account.region,
    image,
    vmSize,
    nodeAgentSku,
    dedicated,
    spot,
    state: allocationState,
    id,
  }
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
