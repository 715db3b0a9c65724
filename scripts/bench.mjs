import './setup/node-version.mjs'

// Imported late and without top-level await, so that an old Node does not have to understand the rest.
Promise.all([import('./setup/say.mjs'), import('./bench/run-bench.mjs')]).then(([{ main }, { runBench }]) =>
  main(() => runBench(process.argv.slice(2))),
)
