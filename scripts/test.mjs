import './setup/node-version.mjs'

// Imported late and without top-level await, so that an old Node does not have to understand the rest.
Promise.all([import('./setup/say.mjs'), import('./testing/run-tests.mjs')]).then(([{ main }, { runTests }]) =>
  main(() => runTests(process.argv.slice(2))),
)
