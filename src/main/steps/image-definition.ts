import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import {
  createDefinition,
  deleteDefinition,
  getDefinition,
  listDefinitions,
  type Definition,
} from '../azure/image-definitions'
import { compareVersions, listVersions } from '../azure/image-versions'
import type { Cloud } from '../azure/cloud'
import { definitionId } from '../azure/ids'
import { isMadeBy } from '../azure/tags'
import type { ImageSource } from './image-source'
import { announce, assertOurs, assertSameBasis, foreign, isListed, untilGone, untilReady } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['image.definition']
type System = ReturnType<ImageSource['system']>

/** What the image is: operating system, generation, architecture and its own name. None of these can be changed later. */
export const imageDefinitionOf = (from: ImageSource): RunStep<'image.definition'> => ({
  id: 'image.definition',
  requires: ['image.gallery', ...from.toldBy],
  passesOn: ({ newestVersion: _proposal, ...rest }) => rest,
  closing: 'goesOn',
  parse: (input) => parseForm('image.definition', input),
  describe: (input) => ({
    minutes: 1,
    cost: 'none',
    makes: [{ what: 'image definition', name: input.name, keep: true }],
  }),
  async check(tools, input) {
    assertFitsSystem(from.system(tools), input)
    const cloud = await tools.cloud()
    const found = await getDefinition(cloud, ownId(tools, input), tools.signal)
    if (!found) {
      await assertIdentifierFree(tools, cloud, input)
      return { is: 'todo' }
    }
    assertFitsForm(found, input, from.system(tools))
    assertSameBasis(tools, found.id, 'image definition')
    const isOurs = isMadeBy(tools.run, found.tags)
    const isReady = found.state === 'Succeeded' && (!isOurs || isListed(tools, found.id))
    return isReady ? { is: 'done', output: await outputFrom(tools, cloud, found) } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const id = ownId(tools, input)
    const found = await getDefinition(cloud, id, tools.signal)
    if (found) {
      assertFitsForm(found, input, from.system(tools))
      assertSameBasis(tools, found.id, 'image definition')
    }
    if (!found || isMadeBy(tools.run, found.tags)) await announce(tools, id, 'image definition', true)
    let operation: string | null = null
    if (!found) {
      const { region } = outputOf(tools, 'image.gallery')
      const { osType, generation, architecture, publisher, offer, sku } = input
      const { securityType } = from.system(tools)
      const spec = { region, osType, generation, architecture, publisher, offer, sku, securityType, run: tools.run }
      operation = (await createDefinition(cloud, id, spec, tools.signal)).operation
    }
    const definition = await untilReady(tools, cloud, (signal) => getDefinition(cloud, id, signal), {
      kind: 'image definition',
      name: input.name,
      limitMinutes: 10,
      operation,
      stateOf: ({ state }) => state,
    })
    return outputFrom(tools, cloud, definition)
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const definition = await getDefinition(cloud, resource.id, tools.signal)
    if (!definition) return
    assertOurs(tools, definition, 'image definition')
    const [version] = await listVersions(cloud, resource.id, tools.signal)
    if (version) throw foreign('image version', version.name)
    await deleteDefinition(cloud, resource.id, tools.signal)
    await untilGone(tools, cloud, (signal) => getDefinition(cloud, resource.id, signal), {
      kind: 'image definition',
      name: definition.name,
      limitMinutes: 15,
    })
  },
})

function ownId(tools: Tools, input: Form): string {
  return definitionId(outputOf(tools, 'image.gallery').id, input.name)
}

function assertFitsSystem({ osType, generation }: System, input: Form): void {
  if (generation && generation !== input.generation) {
    throw new AppError('image.generation-mismatch', { found: generation, wanted: input.generation })
  }
  if (osType && osType !== input.osType) {
    throw new AppError('input.invalid', { step: 'image.definition', fields: 'osType' })
  }
}

/** A definition that is there already may be used for another version when it says the same about the image. */
function assertFitsForm(found: Definition, input: Form, { securityType }: System): void {
  if (found.generation !== input.generation) {
    throw new AppError('image.generation-mismatch', { found: found.generation, wanted: input.generation })
  }
  if (found.osType !== input.osType || found.architecture !== input.architecture || !found.isGeneralized) {
    throw foreign('image definition', found.name)
  }
  // Azure makes no version of a VM with trusted launch in a definition without it, and none of another VM in one that demands it.
  if ((found.securityType === 'TrustedLaunch') !== (securityType === 'TrustedLaunch')) {
    throw new AppError('image.trusted-launch')
  }
}

/** Publisher, offer and SKU together must be unique in a gallery. */
async function assertIdentifierFree(tools: Tools, cloud: Cloud, input: Form): Promise<void> {
  const all = await listDefinitions(cloud, outputOf(tools, 'image.gallery').id, tools.signal)
  const wanted = identifier(input)
  const taken = all.find((definition) => identifier(definition) === wanted)
  if (taken) throw new AppError('cloud.name-taken', { kind: 'image definition', name: `${wanted} (${taken.name})` })
}

function identifier({ publisher, offer, sku }: { publisher: string; offer: string; sku: string }): string {
  return `${publisher}/${offer}/${sku}`.toLowerCase()
}

async function outputFrom(tools: Tools, cloud: Cloud, definition: Definition): Promise<OutputOf<'image.definition'>> {
  const { id, name, osType, generation } = definition
  const versions = await listVersions(cloud, id, tools.signal)
  const [newest] = versions
    .filter(({ tags }) => !isMadeBy(tools.run, tags))
    .toSorted((a, b) => compareVersions(b.name, a.name))
  const secured = definition.securityType === 'TrustedLaunch' ? { securityType: 'TrustedLaunch' as const } : {}
  return { id, name, osType, generation, ...secured, ...(newest ? { newestVersion: newest.name } : {}) }
}
