import { z } from 'zod'
import type { OutputOf } from '../../shared/outputs'
import type { StepId } from '../../shared/terms'
import { html } from './html'
import { cloudName, outputOf, say, type Page, type Row } from './page'
import { checks, dataDisks, evidence, findings, installed, left, luns, preflightRows, regions, removed } from './lists'
import {
  bytes,
  code,
  flag,
  generation,
  id,
  milliseconds,
  moment,
  number,
  numberOrUnknown,
  plain,
  seconds,
  shape,
  tables,
  text,
  unknownField,
  word,
  wordList,
  type Shape,
} from './shapes'

type Shapes = { [Id in StepId]: Record<keyof OutputOf<Id>, Shape> }

/** What a step left behind, in words. A field that this version does not know, or knows otherwise, is listed plainly. */
export function outputRows(page: Page, step: StepId): Row[] {
  const known: Record<string, Shape> = shapes[step]
  const labels: Record<string, string> = page.texts.fields[step]
  const output: Record<string, unknown> = outputOf(page, step)
  const fields = new Set([...Object.keys(known), ...Object.keys(output)])
  return [...fields].flatMap((field): Row[] => {
    const { show, isWide = false } = Object.hasOwn(known, field) ? known[field]! : unknownField
    const value = output[field] === undefined ? null : show(output[field], page)
    return value ? [{ label: Object.hasOwn(labels, field) ? labels[field]! : field, value, isWide }] : []
  })
}

const system = z.object({ type: z.string(), id: z.string().nullable(), versionId: z.string().nullable() }).nullable()

/** In the order shown. A field added to an output does not compile before it stands here and has its label. */
const shapes: Shapes = {
  'decide.image': { choice: word(({ texts }) => texts.choices) },
  'connect.cloud': {
    cloud: shape(z.string(), (value, page) => html`${cloudName(page, value)}`),
    authority: code,
    armEndpoint: code,
    clientId: code,
    tenant: code,
  },
  'connect.signIn': {
    username: code,
    tenantName: text,
    tenantId: code,
    homeAccountId: code,
    subscriptionId: code,
    region: text,
  },
  'connect.scope': { subscriptionName: text, region: text, resourceGroup: text, subscriptionId: code, onlyAccount: id },
  'prepare.preflight': { look: preflightRows, acceptedRisks: removed, registered: removed, groupId: id },
  'prepare.account': {
    name: text,
    resourceGroup: text,
    region: text,
    allocationMode: word(({ app }) => app.forms['prepare.account'].modes),
    dedicatedCoreQuota: numberOrUnknown,
    endpoint: id,
    sizeV1: text,
    sizeV2: text,
    id,
  },
  'prepare.storage': { name: text, region: text, container: text, blobEndpoint: id, id },
  'disk.choose': { sizeBytes: bytes, modifiedMs: moment, file: id, dataDisks },
  'disk.inspect': {
    verdict: word(({ texts }) => texts.verdicts),
    format: shape(z.string(), (format, page) => html`${say(page, '{format:format}', { format })}`),
    os: shape(system, (os, page) => (os ? html`${[os.id ?? os.type, os.versionId ?? ''].join(' ')}` : plain(os, page))),
    generation: { show: (value, page) => (value === null ? plain(value, page) : generation.show(value, page)) },
    partitionTable: { show: (value, page) => tables.show(value ?? 'none', page) },
    generalized: flag,
    encrypted: flag,
    architecture: text,
    nodeAgent: text,
    virtualSize: bytes,
    dataBytes: bytes,
    uploadBytes: bytes,
    ms: milliseconds,
    findings,
    passed: removed,
    unknown: removed,
    dataDisks,
  },
  'disk.upload': {
    target: word(({ app }) => app.forms['disk.upload'].targets),
    virtualBytes: bytes,
    nonZeroBytes: bytes,
    sentBytes: bytes,
    skippedBytes: bytes,
    presentBytes: bytes,
    requests: number,
    seconds,
    etag: code,
    diskId: id,
    blobUrl: id,
    storageAccountId: id,
    dataDisks,
  },
  'vm.plan': {
    image: shape(
      z.object({ publisher: z.string(), offer: z.string(), sku: z.string(), version: z.string() }),
      (image) => {
        return html`${[image.publisher, image.offer, image.sku, image.version].join(' : ')}`
      },
    ),
    osType: text,
    generation,
    architecture: text,
    vmSize: text,
    cores: number,
    nodeAgentSku: text,
    securityType: text,
    endsOn: text,
    concerns: wordList(({ app }) => app.vm.concerns),
  },
  'vm.create': {
    name: text,
    osType: text,
    vmSize: text,
    address: code,
    port: code,
    user: code,
    resourceGroup: text,
    hostKeys: removed,
    reach: word(({ app }) => app.vm.reach),
    source: code,
    osDiskId: id,
    nicId: id,
    publicIpId: id,
    nsgId: id,
    id,
  },
  'vm.install': { parts: installed, isByHand: flag },
  'vm.snapshot': { name: text, at: text, flushed: flag, id },
  'vm.generalize': { evidence, isByHand: flag },
  'vm.restore': { times: number, osDiskId: id },
  'vm.deallocate': { powerState: text, snapshotKept: flag },
  'vm.mark': { id },
  'image.gallery': { name: text, resourceGroup: text, region: text, id },
  'image.definition': { name: text, osType: text, generation, securityType: text, newestVersion: text, id },
  'image.version': { version: text, regions, dataDisks: luns, id },
  'pool.create': { name: text, vmSize: text, nodeAgentSku: text, id },
  'pool.canary': {
    state: word(({ texts }) => texts.nodeStates),
    secondsToIdle: seconds,
    dedicated: number,
    spot: number,
    node: id,
  },
  'finish.verify': { checks },
  'finish.cleanup': { removed, left },
  'finish.report': { file: id },
}
