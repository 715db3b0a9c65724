import { z } from 'zod'
import { createGroup, deleteGroup, getGroup } from '../../src/main/azure/groups'
import type { Cloud } from '../../src/main/azure/cloud'
import { groupId } from '../../src/main/azure/ids'
import type { EngineTools, Step } from '../../src/main/engine/step'
import { announce, assertOurs, isListed, untilGone } from '../../src/main/steps/making'
import { AppError } from '../../src/shared/errors'

// A step to read before you write one: it makes a resource group and nothing else. It runs, and is killed, in
// `test/practice/example-step.test.ts`. Real steps take form, output and words from `src/shared`; this one has its own, so that
// everything stands on one page.

/** The form. The window validates with it while somebody types, main before it acts, and a plan file is held against it. */
const form = z.strictObject({ subscriptionId: z.guid(), region: z.string().min(1), name: z.string().min(1).max(90) })
type Form = z.infer<typeof form>

/** What later steps may read of this one. It goes into the journal: plain data, nothing secret. */
type Output = { id: string; name: string }

/** What the app wires in beside the engine's verbs; real steps use `Tools` of `src/main/steps/tools.ts`. */
type Env = { cloud(): Promise<Cloud> }

export const exampleStep: Step<Form, Output, Env> = {
  // A new id is added to `stepIds` in `src/shared/terms.ts`, which is also the order of the checklist.
  id: 'connect.scope',

  // Steps whose outputs are read below. The engine runs none of them for you: it keeps this one closed until they are done.
  requires: [],

  // Throw `input.invalid` with the names of the fields: the window puts its words beside each of them.
  parse(input) {
    const parsed = form.safeParse(input)
    if (parsed.success) return parsed.data
    const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
    throw new AppError('input.invalid', { step: 'connect.scope', fields })
  },

  // Shown before anything happens, also offline: no network, no clock. `keep: false` marks scaffold that clean-up removes.
  describe: (input) => ({
    minutes: 1,
    cost: 'none',
    makes: [{ what: 'resource group', name: input.name, keep: true }],
  }),

  // Looks and never changes anything. It runs before every attempt, so a run that was killed, or whose group somebody else made
  // meanwhile, is judged by what the cloud says now and by nothing that was remembered.
  async check(tools, input) {
    const found = await find(tools, input)
    if (!found) return { is: 'todo' }
    // Under our name stands something that is not ours: say so instead of using it. Tags alone prove nothing, the journal does.
    assertOurs(tools, found, 'resource group')
    return isListed(tools, found.id) ? { is: 'done', output: outputFrom(found) } : { is: 'todo' }
  },

  // Does it, and must be safe to repeat: after a crash it starts from its first line again.
  async run(tools, input) {
    const cloud = await tools.cloud()
    const id = groupId(input.subscriptionId, input.name)
    // First into the journal, then the request. Killed in between, the group is listed though it may not exist: clean-up copes
    // with that. The other way round it could exist and be listed nowhere.
    await announce(tools, id, 'resource group', true)
    // Every call takes the signal: whoever pauses the run is obeyed within the request.
    await createGroup(cloud, id, { region: input.region, run: tools.run }, tools.signal)
    const made = await getGroup(cloud, id, tools.signal)
    // No catch around any of this. Azure's refusals become AppErrors in `src/main/azure/errors.ts`, the engine writes them down.
    if (!made) throw new AppError('cloud.not-found', { kind: 'resource group', name: input.name })
    return outputFrom(made)
  },

  // Removes one thing that this step wrote down. Gone already is no error; not ours is one.
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const found = await getGroup(cloud, resource.id, tools.signal)
    if (!found) return
    assertOurs(tools, found, 'resource group')
    await deleteGroup(cloud, resource.id, tools.signal)
    // Azure has accepted the deletion, no more. Waiting means reading the resource until it is settled, which also works for a
    // program that was started anew.
    const settling = { kind: 'resource group', name: found.name, limitMinutes: 30 } as const
    await untilGone(tools, cloud, (signal) => getGroup(cloud, resource.id, signal), settling)
  },
}

async function find(tools: EngineTools & Env, input: Form) {
  return getGroup(await tools.cloud(), groupId(input.subscriptionId, input.name), tools.signal)
}

function outputFrom({ id, name }: Output): Output {
  return { id, name }
}
