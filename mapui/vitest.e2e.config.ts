import { defineConfig } from 'vitest/config'

// The tests in a browser: one server for all of them, one file after another, since the browser draws the map with the processor.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: 'e2e/server.ts',
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 240_000,
    hookTimeout: 180_000,
    // how long a thing may take to come true; a second is too little for a page drawn by a busy processor
    expect: { poll: { timeout: 30_000 } },
    retry: 0,
  },
})
