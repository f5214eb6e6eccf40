import { defineConfig } from 'vitest/config'

// What a browser does that is no test: measurements (numbers are no business of tests) and the pictures of docs/.
export default defineConfig({
  test: { include: ['e2e/*.bench.ts', 'e2e/*.shots.ts'], testTimeout: 3_600_000, hookTimeout: 3_600_000, retry: 0, reporters: ['dot'], disableConsoleIntercept: true },
})
