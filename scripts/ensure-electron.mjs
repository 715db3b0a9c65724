import './setup/node-version.mjs'

// The `postinstall` of this package. A failure here must not undo the installation of everything else: `npm start` and `npm test`
// come back to it and say what to do.
if (!process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) {
  import('./setup/electron.mjs')
    .then(({ ensureElectron }) => ensureElectron())
    .catch((error) => process.stderr.write(`${error.message}\n`))
}
