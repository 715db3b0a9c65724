import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

export default defineConfig({
  root,
  test: {
    include: ['test/{unit,practice,wire}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The tests start real programs; more of them at once than cores only makes them slower.
    maxWorkers: 2,
  },
})
