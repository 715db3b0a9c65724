/** On a busy machine a flood of 100 MB takes its time. */
const limitMs = 60_000

/**
 * Lets the page tell when a key was pressed and when xterm has worked off what came: the window says so to main, over ports that are
 * listened to here.
 */
export function watchKeys(page) {
  return page.evaluate((limit) => {
    const bench = { pressedAt: 0, seenBytes: 0, onSeen: () => undefined }
    const post = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (message, ...more) {
      if (message?.kind === 'seen') {
        bench.seenBytes += message.bytes
        bench.onSeen()
      }
      return post.call(this, message, ...more)
    }
    globalThis.addEventListener('keydown', (event) => (bench.pressedAt = event.timeStamp), true)
    const within = (what, begin) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`${what} did not come in ${limit / 1000} s`)), limit)
        begin(resolve)
      })
    bench.worked = (bytes) => {
      const from = bench.seenBytes
      return within(`${bytes} bytes`, (resolve) => {
        bench.onSeen = () => bench.seenBytes - from >= bytes && resolve(performance.now() - bench.pressedAt)
      })
    }
    // In the frame in which it is drawn.
    bench.shown = (text) =>
      within(text, (resolve) => {
        const look = () => {
          const rows = globalThis.document.querySelector('.xterm:not([data-earlier]) .xterm-rows')
          if (rows?.textContent.replaceAll('\u00a0', ' ').includes(text)) resolve(performance.now() - bench.pressedAt)
          else globalThis.requestAnimationFrame(look)
        }
        globalThis.requestAnimationFrame(look)
      })
    globalThis.bench = bench
  }, limitMs)
}

/** Counts in the main process what goes to terminals and what they have worked off. Returns what tells the most that was between, in bytes. */
export async function watchAhead(app) {
  await app.evaluate(({ MessageChannelMain }) => {
    const ahead = (globalThis.benchAhead = { now: 0, most: 0 })
    const port = Object.getPrototypeOf(new MessageChannelMain().port1)
    const { postMessage, emit } = port
    port.postMessage = function (message, ...more) {
      if (message?.kind === 'data') {
        ahead.now += message.bytes.length
        ahead.most = Math.max(ahead.most, ahead.now)
      }
      return postMessage.call(this, message, ...more)
    }
    port.emit = function (name, event, ...more) {
      if (name === 'message' && event?.data?.kind === 'seen') ahead.now -= event.data.bytes
      return emit.call(this, name, event, ...more)
    }
  })
  return () => app.evaluate(() => globalThis.benchAhead.most)
}

/** Opens a session to a server by the window's own dialog. Seconds and milliseconds run from the key press. */
export async function openTerminal(app, page, { port, user, keyFile }, { session }) {
  const { open, questions } = session
  const dialog = page.getByRole('dialog')
  await app.evaluate(({ dialog: system }, path) => {
    system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, keyFile)
  await page.evaluate(() => {
    const { document } = globalThis
    // A terminal keeps the keys for itself, and stays on the screen until the next one is there.
    document.activeElement?.blur()
    for (const earlier of document.querySelectorAll('.xterm')) earlier.dataset.earlier = ''
  })
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill(open.command)
  await page.keyboard.press('Enter')
  await dialog.getByLabel(open.host).fill('127.0.0.1')
  await dialog.getByLabel(open.user).fill(user)
  await dialog.getByLabel(open.port).fill(String(port))
  await dialog.getByRole('radio', { name: open.key.label }).check()
  await dialog.getByRole('button', { name: open.pickKey }).click()
  await dialog.getByRole('button', { name: open.button }).click()
  await dialog.getByRole('button', { name: questions.hostKey.trust }).click()
  const terminal = page.getByRole('tabpanel').locator('.xterm:not([data-earlier])')
  await terminal.locator('.xterm-rows').filter({ hasText: /\S/ }).waitFor()
  await terminal.locator('textarea').focus()

  async function press(key, text) {
    const shown = page.evaluate((wanted) => globalThis.bench.shown(wanted), text)
    await page.keyboard.press(key)
    return (await shown) / 1000
  }
  return {
    target: { kind: 'host', host: '127.0.0.1', port, user, auth: 'key', keyFile },
    press,
    /** Types a line; answers the seconds until the screen shows `text`. */
    async line(command, text) {
      await page.keyboard.type(command)
      return press('Enter', text)
    },
    /** Milliseconds until the answer to a key is in the terminal's buffer. */
    async echo(key) {
      const worked = page.evaluate(() => globalThis.bench.worked(1))
      await page.keyboard.press(key)
      return worked
    },
    /** Starts a flood and lets `bytes` of it pass; answers the seconds from Ctrl+C to the prompt, and what still came meanwhile. */
    async stopped(command, bytes, prompt) {
      await page.keyboard.type(command)
      const worked = page.evaluate((wanted) => globalThis.bench.worked(wanted), bytes)
      await page.keyboard.press('Enter')
      await worked
      const before = await page.evaluate(() => globalThis.bench.seenBytes)
      const seconds = await press('Control+c', prompt)
      return { seconds, bytes: (await page.evaluate(() => globalThis.bench.seenBytes)) - before }
    },
  }
}
