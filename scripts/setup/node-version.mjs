// Imported first, before any file with newer syntax is even parsed: an old Node must get this sentence, not a stack.
const parts = process.versions.node.split('.')
const major = Number(parts[0])
const minor = Number(parts[1])

if (major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12)) {
  console.error(
    'Batch Image Studio needs Node.js 20.19 or newer (22.12 or newer in the 22 line), and this is ' +
      process.version +
      '. Install the current LTS release from https://nodejs.org and run the same command again.',
  )
  process.exit(1)
}
