import './setup/node-version.mjs'

Promise.all([import('./setup/say.mjs'), import('./setup/build.mjs')]).then(([{ main }, { buildApp }]) =>
  main(() => buildApp({ show: true })),
)
