import './setup/node-version.mjs'

// The `postinstall` of this package. A failure here must not undo the installation of everything else: `npm start` and `npm test`
// come back to it and say what to do.
if (!process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) {
  Promise.all([import('./setup/say.mjs'), import('./setup/electron.mjs')]).then(([{ sentence }, { ensureElectron }]) =>
    ensureElectron().catch((error) => process.stderr.write(`${sentence(error)}\n`)),
  )
}
