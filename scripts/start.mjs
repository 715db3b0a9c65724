import './setup/node-version.mjs'

// Imported late and without top-level await, so that an old Node does not have to understand the rest.
Promise.all([import('./setup/say.mjs'), import('./setup/start-app.mjs')]).then(([{ main }, { startApp }]) =>
  main(() => startApp(process.argv.slice(2))),
)
