import type { RunDetail } from '../../shared/contract'
import type { RunSummary } from '../../shared/run'
import type { Command } from '../../shared/search-commands'
import { recipes, type RecipeId } from '../../shared/terms'
import { call } from './api'
import { stateOf } from './checklist'
import { outputOf } from './outputs'
import { goOn, pause } from './run-actions'
import { runDialogs } from './run-dialogs.svelte'
import { copyEntries } from './run-menu'
import { shell } from './shell.svelte'
import { text } from './text.svelte'

/** Everything the palette offers: what can be done with the run on screen, its steps, the other runs, the screens. */
export function commandsOf(runs: readonly RunSummary[], detail: RunDetail | null): Command[] {
  const run = runs.find(({ id }) => id === detail?.state.id)
  return [
    ...(detail && run ? actionsOf(detail, run) : []),
    ...general(),
    ...(detail ? stepsOf(detail) : []),
    ...runs
      .filter(({ id }) => id !== run?.id)
      .map(({ id, name }): Command => ({ id: `run ${id}`, group: 'runs', label: name, run: () => shell.goTo(id) })),
    ...screens(),
  ]
}

function actionsOf(detail: RunDetail, run: RunSummary): Command[] {
  const { menu, palette, pause: pauseWord, goOn: goOnWord } = text.messages.runPage
  const action = (id: string, label: string, act: () => void): Command => ({ id, group: 'actions', label, run: act })
  const isWorking = detail.running !== null || detail.removing !== null
  const canGoOn = !isWorking && ['paused', 'interrupted', 'ready', 'cancelling'].includes(run.status)
  const report = () => void shell.attempt(() => call('report.open', { run: run.id }))
  return [
    ...(isWorking ? [action('pause', pauseWord, () => void pause(run.id))] : []),
    ...(canGoOn ? [action('goOn', goOnWord, () => void goOn(run.id))] : []),
    ...(detail.state.steps['finish.report'].status === 'done' ? [action('report', palette.report, report)] : []),
    ...copyEntries(run).map(({ label, run: act }) => action(label, label, act)),
    ...(hasVm(detail)
      ? [
          action('session', text.messages.session.open.commandRun, () =>
            shell.goToSession({ kind: 'run', run: run.id }),
          ),
        ]
      : []),
    action('rename', menu.rename, () => (runDialogs.renamed = run)),
    ...(detail.state.cancelled ? [] : [action('cancel', menu.cancel, () => (runDialogs.cancelled = run))]),
  ]
}

/** There is a build VM to go to. */
export function hasVm(detail: RunDetail): boolean {
  return outputOf(detail, 'vm.create') !== undefined && !detail.state.cancelled
}

function general(): Command[] {
  const { menu, palette } = text.messages.runPage
  const begin = (kind: RecipeId | 'practice') => {
    shell.goHome()
    shell.newRun = kind
  }
  return [
    { id: 'new', group: 'actions', label: palette.newRun, run: () => begin('from-disk') },
    { id: 'newVm', group: 'actions', label: palette.newVmRun, run: () => begin('from-vm') },
    { id: 'practice', group: 'actions', label: palette.practice, run: () => begin('practice') },
    {
      id: 'session',
      group: 'actions',
      label: text.messages.session.open.command,
      run: () => (shell.isOpeningSession = true),
    },
    { id: 'help', group: 'actions', label: menu.shortcuts, run: () => (runDialogs.isHelpOpen = true) },
  ]
}

function stepsOf(detail: RunDetail): Command[] {
  return recipes[detail.state.recipe].map((step) => ({
    id: step,
    group: 'steps',
    label: text.messages.steps[step].short,
    detail: stateOf(detail, step).word,
    run: () => (runDialogs.step = step),
  }))
}

function screens(): Command[] {
  return [
    { id: 'home', group: 'screens', label: text.messages.runPage.palette.home, run: () => shell.goHome() },
    { id: 'pools', group: 'screens', label: text.messages.pools.title, run: () => shell.goToPools() },
    { id: 'settings', group: 'screens', label: text.messages.ui.settings.title, run: () => shell.openSettings() },
  ]
}
