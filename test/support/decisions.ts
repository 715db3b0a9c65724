import type { Page } from '@playwright/test'
import type { RunningApp } from './app'

/** What a person decided, one line each, as the window saw it. */
export type Decisions = { list(): Promise<string[]> }

type Counting = { decided?: (what: string) => void; isCounting?: boolean }

/**
 * Counts every decision from now on: what was pressed, options taken by key, fields typed into (each once), files picked in the
 * system's dialog, also in windows that open meanwhile, such as that of a sign-in. Only what really reached a window counts.
 */
export async function countDecisions({ app, page }: RunningApp): Promise<Decisions> {
  const seen: string[] = []
  const context = page.context()
  await context.exposeFunction('decided', (what: string) => void seen.push(what))
  await context.addInitScript(listen)
  await page.evaluate(listen)
  await app.evaluate(({ dialog }) => {
    const counter = globalThis as { picked?: string[] }
    const picked = (counter.picked = [] as string[])
    const open = dialog.showOpenDialog.bind(dialog) as (...given: unknown[]) => Promise<Electron.OpenDialogReturnValue>
    dialog.showOpenDialog = async (...given: unknown[]) => {
      const answer = await open(...given)
      picked.push(...answer.filePaths.map((path) => `file ${path}`))
      return answer
    }
  })
  return {
    async list() {
      const picked = await app.evaluate(() => (globalThis as { picked?: string[] }).picked ?? [])
      return [...(await settled(page, seen)), ...picked]
    },
  }
}

/** What the window told last arrives after everything it told before. */
async function settled(page: Page, seen: string[]): Promise<string[]> {
  const end = 'the end of the count'
  await page.evaluate((what) => (window as Counting).decided?.(what), end)
  return seen.filter((what) => what !== end)
}

/** Runs in the window. */
function listen(): void {
  const counter = window as Counting
  if (counter.isCounting) return
  counter.isCounting = true
  const typedInto = new Set<string>()
  const nameOf = (element: Element) =>
    element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent
  const tell = (verb: string, target: EventTarget | null) => {
    const element = target as Element
    const control = element.closest('button, a, input, textarea, select, summary, label, [role=option]') ?? element
    counter.decided?.(`${verb} ${(nameOf(control) ?? '').trim().replace(/\s+/g, ' ')}`)
  }
  const on = (kind: string, act: (event: Event) => void) =>
    window.addEventListener(kind, (event) => event.isTrusted && act(event), true)
  const optionAt = (target: EventTarget | null) => (target as Element).closest('[role=option]')
  // A picker takes what the pointer goes down on, and is gone before there could be a click.
  on('pointerdown', ({ target }) => optionAt(target) && tell('take', target))
  on('click', ({ target }) => optionAt(target) ?? tell('press', target))
  on('keydown', (event) => {
    const isTaken = (event as KeyboardEvent).key === 'Enter'
    const list = event.target as Element
    if (isTaken && list.getAttribute('aria-expanded') === 'true') tell('take', list)
  })
  on('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) tell('choose', target)
  })
  on('input', ({ target }) => {
    if (target instanceof HTMLSelectElement || /checkbox|radio/.test((target as HTMLInputElement).type)) return
    // The same field of the same form is one decision, however long somebody types.
    const field = `${document.querySelector('h1')?.textContent} ${nameOf(target as Element)}`
    if (typedInto.has(field)) return
    typedInto.add(field)
    tell('type into', target)
  })
}
