import type { ErrorCode, ErrorData } from '../errors'
import type { Language } from '../terms'
import { cloudErrors as cloudErrorsDe } from './de/cloud-errors'
import { errors as errorsDe } from './de/errors'
import { forms as formsDe } from './de/forms'
import { keys as keysDe } from './de/keys'
import { kinds as kindsDe } from './de/kinds'
import { names as namesDe } from './de/names'
import { offline as offlineDe } from './de/offline'
import { plans as plansDe } from './de/plans'
import { preflight as preflightDe } from './de/preflight'
import { picking as pickingDe } from './de/picking'
import { pools as poolsDe } from './de/pools'
import { changing as changingDe } from './de/changing'
import { desktop as desktopDe } from './de/desktop'
import { files as filesDe } from './de/files'
import { recipe as recipeDe } from './de/recipe'
import { recipePanel as recipePanelDe } from './de/recipe-panel'
import { session as sessionDe } from './de/session'
import { terminal as terminalDe } from './de/terminal'
import { machines as machinesDe } from './de/machines'
import { vm as vmDe } from './de/vm'
import { vmForms as vmFormsDe } from './de/vm-forms'
import { desktopErrors as desktopErrorsDe } from './de/desktop-errors'
import { recipeErrors as recipeErrorsDe } from './de/recipe-errors'
import { filesErrors as filesErrorsDe } from './de/files-errors'
import { sessionErrors as sessionErrorsDe } from './de/session-errors'
import { vmErrors as vmErrorsDe } from './de/vm-errors'
import { signIn as signInDe } from './de/sign-in'
import { phases as phasesDe, steps as stepsDe } from './de/steps'
import { settings as settingsDe } from './de/settings'
import { report as reportDe } from './de/report'
import { runPage as runPageDe } from './de/run-page'
import { shell as shellDe } from './de/shell'
import { ui as uiDe } from './de/ui'
import { waits as waitsDe } from './de/waits'
import { xray as xrayDe } from './de/xray'
import { cloudErrors } from './en/cloud-errors'
import { errors as ownErrors } from './en/errors'
import { forms as ownForms } from './en/forms'
import { keys } from './en/keys'
import { kinds } from './en/kinds'
import { names } from './en/names'
import { offline } from './en/offline'
import { plans } from './en/plans'
import { preflight } from './en/preflight'
import { picking } from './en/picking'
import { pools } from './en/pools'
import { changing } from './en/changing'
import { desktop } from './en/desktop'
import { files } from './en/files'
import { recipe } from './en/recipe'
import { recipePanel } from './en/recipe-panel'
import { session } from './en/session'
import { terminal } from './en/terminal'
import { machines } from './en/machines'
import { vm } from './en/vm'
import { vmForms } from './en/vm-forms'
import { desktopErrors } from './en/desktop-errors'
import { recipeErrors } from './en/recipe-errors'
import { filesErrors } from './en/files-errors'
import { sessionErrors } from './en/session-errors'
import { vmErrors } from './en/vm-errors'
import { signIn } from './en/sign-in'
import { phases, steps } from './en/steps'
import { settings } from './en/settings'
import { report } from './en/report'
import { runPage } from './en/run-page'
import { shell } from './en/shell'
import { ui } from './en/ui'
import { waits } from './en/waits'
import { xray } from './en/xray'
import { fill, lookUp, plain } from './format'

/** Those of this computer and those of the cloud; a code without words does not compile. */
const errors: Record<ErrorCode, { what: string; todo: string }> = {
  ...ownErrors,
  ...cloudErrors,
  ...sessionErrors,
  ...filesErrors,
  ...vmErrors,
  ...recipeErrors,
  ...desktopErrors,
}

const forms = { ...ownForms, ...vmForms }

const english = {
  errors,
  steps,
  phases,
  kinds,
  names,
  waits,
  ui,
  forms,
  xray,
  shell,
  signIn,
  settings,
  offline,
  preflight,
  picking,
  runPage,
  plans,
  pools,
  changing,
  session,
  terminal,
  keys,
  files,
  recipe,
  recipePanel,
  desktop,
  machines,
  vm,
}

/** English gives the shape; a text missing in another language does not compile. */
export type Messages = typeof english

const german: Messages = {
  errors: {
    ...errorsDe,
    ...cloudErrorsDe,
    ...sessionErrorsDe,
    ...filesErrorsDe,
    ...vmErrorsDe,
    ...recipeErrorsDe,
    ...desktopErrorsDe,
  },
  steps: stepsDe,
  phases: phasesDe,
  kinds: kindsDe,
  names: namesDe,
  waits: waitsDe,
  ui: uiDe,
  forms: { ...formsDe, ...vmFormsDe },
  xray: xrayDe,
  shell: shellDe,
  changing: changingDe,
  signIn: signInDe,
  picking: pickingDe,
  settings: settingsDe,
  offline: offlineDe,
  plans: plansDe,
  preflight: preflightDe,
  runPage: runPageDe,
  pools: poolsDe,
  session: sessionDe,
  terminal: terminalDe,
  keys: keysDe,
  files: filesDe,
  recipe: recipeDe,
  recipePanel: recipePanelDe,
  desktop: desktopDe,
  machines: machinesDe,
  vm: vmDe,
}

export const messages: Record<Language, Messages> = { en: english, de: german }

const reports = { en: report, de: reportDe }

/**
 * What happened and what to do, with the holes filled. Fields and checks are called as the screen calls them, or for a command by
 * the keys that a plan has.
 */
export function errorText(
  error: ErrorData,
  language: Language,
  by: 'names' | 'keys' = 'names',
): { what: string; todo: string } {
  const text = messages[language].errors[error.code]
  const params = by === 'names' ? withNames(error, language) : error.params
  return { what: fill(text.what, params, language), todo: fill(text.todo, params, language) }
}

function withNames({ code, params }: ErrorData, language: Language): ErrorData['params'] {
  const { forms, recipe } = messages[language]
  if (code === 'generalize.blocked') {
    const names = Object.fromEntries(Object.entries(recipe.checks).map(([id, { name }]) => [id, name]))
    return { ...params, checks: named(params['checks'], names) }
  }
  if (code === 'generalize.no-evidence') return { ...params, checks: named(params['checks'], recipe.evidence) }
  if (code === 'generalize.sysprep-failed') return { ...params, cause: named(params['cause'], recipe.causes) }
  if (code === 'verify.failed') return { ...params, checks: named(params['checks'], forms['finish.verify'].checks) }
  if (code !== 'input.invalid') return params
  const ofForms: Record<string, object> = forms
  const ofOutputs: Record<string, object> = reports[language].fields
  const step = String(params['step'])
  const labels = { ...lookUp(ofOutputs, step), ...lookUp(ofForms, step) }
  return { ...params, fields: named(params['fields'], labels) }
}

/** A list of keys, each in its words where there are any. */
function named(keys: string | number | undefined, texts: Record<string, unknown>): string {
  const nameOf = (key: string) => {
    const words = lookUp(texts, key)
    return typeof words === 'string' ? words : key
  }
  return String(keys ?? '')
    .split(', ')
    .map(nameOf)
    .join(', ')
}

/** Why clean-up left something: in our words where the error is known, else in the service's own. */
export function leftText(
  { reason, error }: { reason: string; error?: ErrorData | undefined },
  language: Language,
): string {
  if (!error) return plain(reason)
  const { what, todo } = errorText(error, language)
  return `${what} ${todo}`
}

/**
 * What a piece of evidence of generalizing is called, and what was read: in words where there are any, such as for the error of a try to
 * get in, else as it was read.
 */
export function evidenceText(
  { id, detail }: { id: string; detail: string },
  language: Language,
): { name: string; value: string } {
  const { recipe, forms } = messages[language]
  const { values, refused } = forms['vm.generalize']
  const names: Record<string, string> = recipe.evidence
  const words: Record<string, string> = values
  const value = detail.startsWith('session.') ? refused : plain(detail)
  return {
    name: Object.hasOwn(names, id) ? names[id]! : plain(id),
    value: Object.hasOwn(words, detail) ? words[detail]! : value,
  }
}

/** The sentence of a wait, or an empty one for a key that this version does not know. */
export function waitText(wait: { key: string; params: Record<string, string | number> }, language: Language): string {
  const texts: Record<string, string> = messages[language].waits
  return Object.hasOwn(texts, wait.key) ? fill(texts[wait.key]!, wait.params, language) : ''
}

/** What a check of the preflight says and what to do; a check that this version does not know is named by its key. */
export function preflightText(
  row: { text: string; severity?: string; params: Record<string, string | number> },
  language: Language,
): { title: string; todo: string } {
  const { rows, purposes, unread } = messages[language].preflight
  const texts: Record<string, { title: string; todo?: string }> = rows
  if (!Object.hasOwn(texts, row.text)) return { title: row.text, todo: '' }
  const purpose = String(row.params['purpose'] ?? '')
  const words: Record<string, string> = purposes
  const params = { ...row.params, ...(Object.hasOwn(words, purpose) ? { purpose: words[purpose]! } : {}) }
  const { title, todo = row.severity === 'unknown' ? unread : '' } = texts[row.text]!
  return { title: fill(title, params, language), todo: fill(todo, params, language) }
}
