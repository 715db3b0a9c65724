import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type AppOptions = {
  language?: 'en' | 'de'
  theme?: 'light' | 'dark'
  /** An earlier start's folder: the app finds its runs again. */
  userData?: string
  speed?: string
  /** A proxy that sees whatever wants to leave, of the browser's as well as of Node's. */
  proxy?: string
}
export type RunningApp = {
  app: ElectronApplication
  page: Page
  userData: string
  /** Errors that the window printed or threw; a test ends with none. */
  problems: string[]
}

/** Starts the built app in real Electron with a folder of its own, so that neither state nor the single-instance lock leaks. */
export async function launchApp(options: AppOptions = {}): Promise<RunningApp> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'bis-e2e-'))
  if (!options.userData) {
    mkdirSync(join(userData, 'state'), { recursive: true })
    const settings = { theme: options.theme ?? 'light', language: options.language ?? 'en' }
    writeFileSync(join(userData, 'state', 'settings.json'), JSON.stringify(settings))
  }
  const app = await _electron.launch({
    cwd: root,
    args: ['.', `--user-data-dir=${userData}`, `--practice-speed=${options.speed ?? 'jump'}`, ...proxied(options)],
    env: { ...process.env, ...(options.proxy ? { HTTPS_PROXY: options.proxy, HTTP_PROXY: options.proxy } : {}) },
  })
  const page = await app.firstWindow()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.waitForLoadState('domcontentloaded')
  return { app, page, userData, problems }
}

function proxied({ proxy }: AppOptions): string[] {
  return proxy ? [`--proxy-server=${proxy}`, '--proxy-bypass-list=<-loopback>'] : []
}

/** Path of the Electron in use. */
export function electronProgram(): string {
  return createRequire(import.meta.url)('electron') as string
}

/** Quits as a person would. */
export async function closeApp(running: RunningApp): Promise<void> {
  await running.app.close()
}

/** Ends the app from outside without warning, as a power cut or the task manager would. */
export async function killApp(running: RunningApp): Promise<void> {
  const child = running.app.process()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  await gone
}

/** The next system dialog answers with this file, as if a person had picked it. */
export async function pickFile(running: RunningApp, file: string): Promise<void> {
  await running.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, file)
}

export type PracticeStats = {
  requests: Record<string, number>
  repeatedPuts: Record<string, number>
  repeatedPutTotal: number
}

/** What the practice cloud of a running app counted since it was made. */
export async function practiceStats(running: RunningApp): Promise<PracticeStats> {
  return JSON.parse(await practiceRequest(running, 'GET', '/practice/stats')) as PracticeStats
}

/** Talks to the running app's practice cloud about the practice cloud itself: counters and incidents. */
export function practiceRequest(
  running: Pick<RunningApp, 'userData'>,
  method: string,
  path: string,
  body?: object,
): Promise<string> {
  const folder = join(running.userData, 'state', 'practice')
  const ca = readFileSync(join(folder, 'ca.pem'))
  const state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { parts: { ports: { main: number } } }
  const origin = `https://127.0.0.1:${state.parts.ports.main}`
  return new Promise((resolve, reject) => {
    const asked = request(
      `${origin}${path}`,
      { method, ca, headers: { 'content-type': 'application/json' } },
      (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('end', () =>
          answer.statusCode! < 300 ? resolve(text) : reject(new Error(`${answer.statusCode} ${text}`)),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body ? JSON.stringify(body) : undefined)
  })
}

/** Programs that still run for this app's folder: the practice cloud and its blob store, also after the app itself is gone. */
export function programsOf(running: RunningApp): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLineOf(pid))
    .filter((line) => line.includes(running.userData))
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
