// Makes out/main/azurite.cjs: Azurite's blob service as one file, so that the product does not carry its 365 MB of packages.
// Its SQL stores, its telemetry and the VS Code parts are left out. Skipped when the file is as new as its sources.
import { build } from 'esbuild'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const outFile = join(root, 'out/main/azurite.cjs')

// Other shapes of these files would make the patches below miss: a new version is tried first, then written here.
const knownVersion = '3.37.0'

// Private parts of Azurite that the practice cloud needs otherwise: accounts that appear while it runs, and a TLS front before it.
const patches = [
  {
    file: /[\\/]common[\\/]AccountDataStore\.js$/,
    find: 'getAccount(name) {',
    replace: `getAccount(name) {
      if (process.env.AZURITE_ACCOUNTS !== this.accountsText) {
        this.accountsText = process.env.AZURITE_ACCOUNTS;
        this.refresh();
      }`,
  },
  {
    file: /[\\/]blob[\\/]generated[\\/]ExpressRequestAdapter\.js$/,
    find: 'return this.req.protocol;',
    replace: "return this.req.get('x-forwarded-proto') || this.req.protocol;",
  },
  {
    file: /[\\/]common[\\/]utils[\\/]utils\.js$/,
    find: 'const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;',
    replace: `const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      return updateCrc64(this, bytes);`,
    // Eight bytes a step ("slicing by 8"): byte by byte it took most of the time of an upload.
    append: `
      const crc64Hi = new Int32Array(8 * 256), crc64Lo = new Int32Array(8 * 256);
      for (let i = 0; i < 256; i++) {
        let hi = CRC64_TABLE[i * 2] | 0, lo = CRC64_TABLE[i * 2 + 1] | 0;
        for (let slice = 0; slice < 8; slice++) {
          crc64Hi[slice * 256 + i] = hi;
          crc64Lo[slice * 256 + i] = lo;
          const next = (lo & 0xff) * 2;
          lo = ((lo >>> 8) | (hi << 24)) ^ CRC64_TABLE[next + 1];
          hi = (hi >>> 8) ^ CRC64_TABLE[next];
        }
      }
      function updateCrc64(state, bytes) {
        let hi = state.hi | 0, lo = state.lo | 0, at = 0;
        for (const end = bytes.length - 7; at < end; at += 8) {
          lo ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
          hi ^= bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24);
          const a = 1792 + (lo & 0xff), b = 1536 + ((lo >>> 8) & 0xff), c = 1280 + ((lo >>> 16) & 0xff), d = 1024 + (lo >>> 24);
          const e = 768 + (hi & 0xff), f = 512 + ((hi >>> 8) & 0xff), g = 256 + ((hi >>> 16) & 0xff), h = hi >>> 24;
          hi = crc64Hi[a] ^ crc64Hi[b] ^ crc64Hi[c] ^ crc64Hi[d] ^ crc64Hi[e] ^ crc64Hi[f] ^ crc64Hi[g] ^ crc64Hi[h];
          lo = crc64Lo[a] ^ crc64Lo[b] ^ crc64Lo[c] ^ crc64Lo[d] ^ crc64Lo[e] ^ crc64Lo[f] ^ crc64Lo[g] ^ crc64Lo[h];
        }
        for (; at < bytes.length; at++) {
          const index = (lo ^ bytes[at]) & 0xff;
          lo = ((lo >>> 8) | (hi << 24)) ^ crc64Lo[index];
          hi = (hi >>> 8) ^ crc64Hi[index];
        }
        state.hi = hi >>> 0;
        state.lo = lo >>> 0;
        return state;
      }`,
  },
]

const leftOut = [
  /^applicationinsights$/,
  /^vscode$/,
  /^sequelize$/,
  /[\\/]Sql(BlobServer|BlobConfiguration|BlobMetadataStore|ExtentMetadataStore)$/,
]

async function main() {
  const require = createRequire(import.meta.url)
  const packageFile = require.resolve('azurite/package.json')
  const { version } = JSON.parse(await readFile(packageFile, 'utf8'))
  if (version !== knownVersion) throw new Error(`build-azurite knows Azurite ${knownVersion}, found ${version}`)
  if (await isCurrent(version, packageFile)) return
  const azurite = dirname(packageFile)
  const applied = new Set()
  await build({
    stdin: { contents: entry, resolveDir: azurite, sourcefile: 'azurite-entry.cjs', loader: 'js' },
    outfile: outFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.18',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    logLevel: 'error',
    banner: { js: stamp(version) },
    plugins: [stubs(), patching(applied)],
  })
  if (applied.size !== patches.length) throw new Error('build-azurite: a patch found no file to change')
}

/** What runs in the child process: the blob service, led by messages of its parent and ended with it. */
const entry = `
const accounts = (text) => { process.env.AZURITE_ACCOUNTS = text };
let server, stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // Closing saves the metadata; only then pages acknowledged last are safe.
  Promise.resolve(server && server.close()).then(() => process.exit(0), () => process.exit(1));
}
process.on('message', (message) => {
  if (message.kind === 'accounts') { accounts(message.text); process.send({ kind: 'accounts-set', id: message.id }) }
  if (message.kind === 'stop') stop();
});
process.on('disconnect', stop);
process.on('SIGTERM', stop);
// A Ctrl+C in a terminal reaches the whole group; the parent decides when this ends.
process.on('SIGINT', () => {});

const { BlobServerFactory } = require('./dist/src/blob/BlobServerFactory');
const { AzuriteTelemetryClient } = require('./dist/src/common/Telemetry');
const { configLogger } = require('./dist/src/common/Logger');
async function main() {
  AzuriteTelemetryClient.init('', false, undefined);
  configLogger(false);
  server = await new BlobServerFactory().createServer();
  await server.start();
  if (process.send) process.send({ kind: 'ready', port: Number(new URL(server.getHttpServerAddress()).port) });
}
main().catch((error) => {
  process.stderr.write(String(error && error.stack || error) + '\\n');
  process.exit(1);
});
`

/** First line of the bundle: by it a later run knows what it was made of. */
function stamp(version) {
  return `// azurite ${version} (MIT), bundled by scripts/build-azurite.mjs`
}

async function isCurrent(version, packageFile) {
  try {
    const [made, script, source] = await Promise.all([
      stat(outFile),
      stat(fileURLToPath(import.meta.url)),
      stat(packageFile),
    ])
    if (made.mtimeMs < script.mtimeMs || made.mtimeMs < source.mtimeMs) return false
    return (await readFile(outFile, 'utf8')).startsWith(stamp(version))
  } catch {
    return false
  }
}

function stubs() {
  return {
    name: 'left-out',
    setup(bundler) {
      bundler.onResolve({ filter: /./ }, ({ path }) =>
        leftOut.some((pattern) => pattern.test(path)) ? { path, namespace: 'left-out' } : undefined,
      )
      bundler.onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
    },
  }
}

function patching(applied) {
  return {
    name: 'patches',
    setup(bundler) {
      for (const patch of patches) {
        bundler.onLoad({ filter: patch.file }, async ({ path }) => {
          const text = await readFile(path, 'utf8')
          if (text.split(patch.find).length !== 2) throw new Error(`build-azurite: cannot patch ${path}`)
          applied.add(patch)
          return { contents: text.replace(patch.find, () => patch.replace) + (patch.append ?? ''), loader: 'js' }
        })
      }
    },
  }
}

await main()
