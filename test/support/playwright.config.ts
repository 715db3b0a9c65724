import { defineConfig } from '@playwright/test'

// The built app in real Electron. One at a time: each test starts programs of its own, and two cores are all there may be.
// Playwright's config must be a default export.
export default defineConfig({
  testDir: '../e2e',
  testMatch: '**/*.test.ts',
  outputDir: '../../test-results',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : 'list',
  use: { screenshot: 'only-on-failure', trace: 'retain-on-failure', video: 'off' },
})
