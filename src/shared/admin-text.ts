import { smallestRoles, type BuiltInRole } from './built-in-roles'
import { fill } from './messages/format'
import { messages } from './messages/messages'
import type { MissingRights, PreflightLook } from './preflight'
import type { Language } from './terms'

/** Application id of the Batch service, the same in every tenant. */
const batchApplication = 'ddbf3205-c6bd-46ae-8127-60eb93363864'
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

/**
 * What an admin has to give, ready for a mail: who, exactly what is missing at which scope, the smallest built-in roles that
 * contain it, and the commands. null when nothing is missing that an admin could give.
 */
export function adminText(look: PreflightLook, language: Language): string | null {
  const words = messages[language].preflight.letter
  const say = (text: string, params: Record<string, string | number> = {}) => fill(text, params, language)
  const parts = [
    ...missingByScope(look).map((missing) => (at: number) => rightsPart(look, missing, at, say, words)),
    ...(needsPrincipal(look) ? [(at: number) => principalPart(look, at, say, words)] : []),
    ...(providersOff(look).length > 0 ? [(at: number) => providersPart(look, at, say, words)] : []),
  ]
  if (parts.length === 0) return null
  return [
    words.subject,
    '',
    words.greeting,
    say(words.who, { name: look.who.name }),
    ...(look.who.objectId ? [say(words.objectId, { id: look.who.objectId })] : []),
    say(words.subscription, { name: look.subscriptionName, id: look.plan.subscriptionId }),
    ...parts.flatMap((part, at) => ['', ...part(at + 1)]),
    ...(needsGroup(look) ? ['', ...groupInstead(look, say, words)] : []),
    '',
    words.end,
    '',
  ].join('\n')
}

type Words = (typeof messages)['en']['preflight']['letter']
type Say = (text: string, params?: Record<string, string | number>) => string

function rightsPart(look: PreflightLook, missing: MissingRights, at: number, say: Say, words: Words): string[] {
  const roles = smallestRoles(missing)
  return [
    say(words.scope, { at, scope: missing.scope }),
    ...listed(words.actions, missing.actions),
    ...listed(words.dataActions, missing.dataActions),
    ...(roles.length === 0
      ? [words.noRole]
      : [
          ...listed(
            words.roles,
            roles.map(({ name, id }) => `${name} (${id})`),
          ),
          words.command,
          ...roles.map((role) => assignment(look, role, missing.scope)),
        ]),
  ]
}

function principalPart({ plan }: PreflightLook, at: number, say: Say, words: Words): string[] {
  const scope = `/subscriptions/${plan.subscriptionId}`
  return [
    say(words.principal, { at }),
    `az role assignment create --assignee ${quoted(batchApplication)} --role ${quoted(contributor)} --scope ${quoted(scope)}`,
  ]
}

function providersPart(look: PreflightLook, at: number, say: Say, words: Words): string[] {
  const subscription = quoted(look.plan.subscriptionId)
  return [
    say(words.providers, { at }),
    ...providersOff(look).map(
      (name) => `az provider register --namespace ${quoted(name)} --subscription ${subscription}`,
    ),
  ]
}

/** A group of its own spares the admin a role on the whole subscription. */
function groupInstead({ plan }: PreflightLook, say: Say, words: Words): string[] {
  return [
    say(words.groupInstead, { group: plan.resourceGroup }),
    `az group create --name ${quoted(plan.resourceGroup)} --location ${quoted(plan.region)} --subscription ${quoted(plan.subscriptionId)}`,
  ]
}

function needsGroup({ rows }: PreflightLook): boolean {
  return rows.some(({ missing, params }) => missing && params['purpose'] === 'group')
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...items.map((item) => `- ${item}`)]
}

/** An object id is exact; a name is looked up in the directory first. */
function assignment({ who }: PreflightLook, role: BuiltInRole, scope: string): string {
  const assignee = who.objectId
    ? `--assignee-object-id ${quoted(who.objectId)} --assignee-principal-type User`
    : `--assignee ${quoted(who.name)}`
  return `az role assignment create ${assignee} --role ${quoted(role.id)} --scope ${quoted(scope)}`
}

/** Rights missing at one scope are asked for together, each action once. */
function missingByScope({ rows }: PreflightLook): MissingRights[] {
  const scopes = new Map<string, MissingRights>()
  for (const { missing, params } of rows) {
    // Who registers once need not give anybody the right to.
    if (!missing || params['purpose'] === 'register') continue
    const known = scopes.get(missing.scope) ?? { scope: missing.scope, actions: [], dataActions: [] }
    scopes.set(missing.scope, {
      scope: missing.scope,
      actions: [...new Set([...known.actions, ...missing.actions])],
      dataActions: [...new Set([...known.dataActions, ...missing.dataActions])],
    })
  }
  return [...scopes.values()]
}

function needsPrincipal({ rows }: PreflightLook): boolean {
  return rows.some(({ text }) => text === 'principalMissing')
}

/** Services that are off and that the one who signed in may or will not switch on. */
function providersOff({ rows }: PreflightLook): string[] {
  const mayRegister = !rows.some(({ missing, params }) => missing && params['purpose'] === 'register')
  const texts = mayRegister ? ['providerOff'] : ['providerOff', 'providerToRegister']
  return rows.filter(({ text }) => texts.includes(text)).map(({ params }) => String(params['name']))
}

/** Names come from the cloud: nothing in them may end the quotes or run in a shell. */
function quoted(text: string): string {
  return `"${text.replace(/["'`$\\\r\n]/g, '')}"`
}
