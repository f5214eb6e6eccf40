import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createHash } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'
import { leanMapLibre } from './build-steps/maplibre.ts'

/** Tells the service worker the files of the build, which it keeps, and a name for them that changes when they do. */
const files: Plugin = {
  name: 'wolnica-files',
  generateBundle(_, bundle) {
    const sw = bundle['sw.js']
    if (sw?.type !== 'chunk') return
    const names = Object.keys(bundle).filter((name) => /^assets\/.*\.(?:m?js|css|json)$/.test(name)).sort()
    const build = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12)
    sw.code = sw.code.replaceAll('__ASSETS__', JSON.stringify(names.map((name) => `/ui/${name}`))).replaceAll('__BUILD__', JSON.stringify(build))
  },
}

// The server writes the pages; the build is the script they load, its lazy parts and its styles. Names hold a hash of the contents,
// so that browsers may keep them for ever.
export default defineConfig({
  base: '/ui/',
  plugins: [svelte(), files, leanMapLibre()],
  build: {
    outDir: 'build',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { main: 'src/main.ts', sw: 'src/sw.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // what every page needs is two files, the program and its map: asking for twenty small ones takes a slow processor longer than reading them
        codeSplitting: {
          groups: [
            { name: 'program', tags: ['$initial'], test: (id) => !/\/src\/(?:sw|offline)\.ts$/.test(id) },
            { name: 'map', test: /\/node_modules\/maplibre-gl\/|\/src\/map\/(?:MapView|MapTools|basemap|click|hand|measure|paced|palette|signs|spider|style)\./ },
          ],
        },
      },
    },
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
