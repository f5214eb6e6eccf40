import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { leanMapLibre } from './build-steps/maplibre.ts'

// The server writes the pages; the build is the script they load, its lazy parts and its styles. Names hold a hash of the contents,
// so that browsers may keep them for ever.
export default defineConfig({
  base: '/ui/',
  plugins: [svelte(), leanMapLibre()],
  build: {
    outDir: 'build',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { main: 'src/main.ts' } },
  },
  worker: { format: 'es' },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/tiles', '/ogc', '/zaloguj', '/wyloguj', '/potrzeby', '/raporty', '/site.css'].map((path) => [path, 'http://127.0.0.1:8080']),
    ),
  },
  test: { include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
