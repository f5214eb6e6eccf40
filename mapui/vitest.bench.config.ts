import { defineConfig } from 'vitest/config'

// Measurements in a browser, apart from the tests: numbers are no business of theirs.
export default defineConfig({
  test: { include: ['e2e/speed.bench.ts'], testTimeout: 3_600_000, hookTimeout: 3_600_000, retry: 0, reporters: ['dot'], disableConsoleIntercept: true },
})
