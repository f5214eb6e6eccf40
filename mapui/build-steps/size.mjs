/**
 * The weight of the first view: the scripts a browser loads to show the list and the map at `/`, as gzip sends them. MapLibre is
 * among them, its worker is not. Fails over the limit; what only some visitors need belongs behind import().
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 330_000
/** What is loaded at once, whether by a tag or by import(). What these import statically comes with them. */
const first = ['src/main.ts', 'src/map/MapView.svelte']
/** A visitor loads the texts of one language; the longer ones count. */
const languages = ['src/i18n/pl.ts', 'src/i18n/en.ts']
/** Scripts the page names that are served as they are. */
const plain = ['boot.js']

const build = new URL('../build/', import.meta.url)
/** @type {Record<string, { file: string, imports?: string[] }>} */
const chunks = JSON.parse(readFileSync(new URL('.vite/manifest.json', build), 'utf8'))

/** @param {string} name @param {Set<string>} into */
function collect(name, into) {
  const chunk = chunks[name]
  if (!chunk) throw new Error(`the build has no chunk ${name}`)
  if (into.has(chunk.file)) return into
  into.add(chunk.file)
  for (const imported of chunk.imports ?? []) collect(imported, into)
  return into
}

/** @param {string} file */
const weight = (file) => gzipSync(readFileSync(new URL(file, build)), { level: 9 }).length
/** @param {Iterable<string>} files */
const sum = (files) => [...files].reduce((bytes, file) => bytes + weight(file), 0)

const shared = new Set(plain)
for (const name of first) collect(name, shared)
const heaviest = languages.map((name) => new Set(collect(name, new Set(shared)))).sort((a, b) => sum(b) - sum(a))[0]
const total = sum(heaviest)
const largest = [...heaviest].map((file) => /** @type {const} */ ([weight(file), file])).sort((a, b) => b[0] - a[0])
const kB = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1)

if (process.argv.includes('--files')) for (const [bytes, file] of largest) console.log(`${kB(bytes).padStart(7)} kB  ${file}`)
console.log(`first view: ${kB(total)} kB of scripts as gzip sends them, in ${heaviest.size} files; the limit is ${kB(LIMIT)} kB`)
if (total > LIMIT) {
  console.error(largest.slice(0, 8).map(([bytes, file]) => `${kB(bytes).padStart(7)} kB  ${file}`).join('\n'))
  process.exit(1)
}
