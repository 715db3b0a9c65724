import './setup/node-version.mjs'

Promise.all([import('./setup/say.mjs'), import('./setup/start-app.mjs')]).then(([{ main }, { developApp }]) =>
  main(() => developApp(process.argv.slice(2))),
)
