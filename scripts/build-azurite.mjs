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
          return { contents: text.replace(patch.find, () => patch.replace), loader: 'js' }
        })
      }
    },
  }
}

await main()
