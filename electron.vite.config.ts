import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

// Libraries are bundled into CommonJS: the main process starts in half the time, and an ESM main that waits
// for `app.whenReady()` at top level would never start.
export default defineConfig({
  main: {
    plugins: [nativeStubs(), azurite(), sevenZip()],
    build: {
      target: 'node20.18',
      minify: true,
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: {
          index: 'src/main/index.ts',
          cli: 'src/main/cli.ts',
          practice: 'src/main/practice/index.ts',
          xray: 'src/main/disks/inspect-entry.ts',
          'seven-zip': 'src/main/disks/guest/seven-zip-thread.ts',
          upload: 'src/main/upload/entry.ts',
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { index: 'src/preload/index.ts', desktop: 'src/preload/desktop.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte(), ironWasm()],
    optimizeDeps: { exclude: ['@devolutions/iron-remote-desktop', '@devolutions/iron-remote-desktop-rdp'] },
    build: {
      target: 'chrome130',
      minify: true,
      rollupOptions: { input: { index: 'src/renderer/index.html', desktop: 'src/renderer/desktop.html' } },
    },
  },
})

/** Optional native add-ons are left out: one built for the installed Node does not load in Electron, and every library here works without. */
function nativeStubs(): Plugin {
  // npm leaves out those that it could not build.
  const addOns = ['cpu-features', 'node-liblzma', '@mongodb-js/zstd']
  const id = '\0native-stub'
  return {
    name: 'native-stubs',
    enforce: 'pre',
    resolveId: (source, importer) =>
      addOns.includes(source) || source.endsWith('.node') || isUnusedShellPart(source, importer) ? id : null,
    load: (source) => (source === id ? 'throw new Error("native add-on left out")' : null),
  }
}

/** The shell of practice machines comes with Python, JavaScript, SQLite and a network client, none of which it is given. */
function isUnusedShellPart(source: string, importer: string | undefined): boolean {
  return importer?.includes('just-bash') === true && /\/(undici|js-exec|python3|sqlite3)-\w+\.js$/.test(source)
}

/** The practice cloud's blob store is a bundle of its own in the same folder, which every build of main empties first. */
function azurite(): Plugin {
  const script = fileURLToPath(new URL('scripts/build-azurite.mjs', import.meta.url))
  return { name: 'azurite', closeBundle: () => void execFileSync(process.execPath, [script], { stdio: 'inherit' }) }
}

/**
 * The RDP client carries its WebAssembly as text in its script. As a file of its own it loads several times faster, and the page's
 * policy need not allow fetching from `data:`.
 */
function ironWasm(): Plugin {
  const name = 'iron-remote-desktop.wasm'
  const literal = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/
  let wasm: Buffer | null = null
  let isServing = false
  return {
    name: 'iron-wasm',
    configResolved: ({ command }) => void (isServing = command === 'serve'),
    configureServer: ({ middlewares }) =>
      void middlewares.use(`/${name}`, (_request, response) => {
        response.setHeader('content-type', 'application/wasm')
        response.end(wasm)
      }),
    transform(code, id) {
      if (!id.includes('iron-remote-desktop-rdp')) return null
      const found = literal.exec(code)
      if (!found) return null
      wasm = Buffer.from(found[1]!, 'base64')
      const address = isServing
        ? JSON.stringify(`/${name}`)
        : `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name, source: wasm })}`
      return { code: code.replace(literal, () => address), map: null }
    },
  }
}

/** 7-Zip lies unchanged in files of its own, as its licence (LGPL) asks for: who wants to can put another build in their place. */
function sevenZip(): Plugin {
  const read = (name: string) => readFileSync(fileURLToPath(new URL(`node_modules/7z-wasm/${name}`, import.meta.url)))
  return {
    name: 'seven-zip',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '7zz.cjs', source: read('7zz.umd.js') })
      this.emitFile({ type: 'asset', fileName: '7zz.wasm', source: read('7zz.wasm') })
    },
  }
}
