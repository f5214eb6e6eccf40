import { createExpression, validateStyleMin, type StyleSpecification } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import { palettes } from './palette'
import { paint, RINGS, SHARES } from './signs'
import { loadBase } from '../i18n'
import { legend } from './legend'
import { CLICKABLE, clusterCount, clusterRadius, clusterSign, pinSign, style, type Mode, type StyleOptions } from './style'

const options: StyleOptions = {
  palette: palettes.light, mode: 'facet', tiles: 'http://localhost/tiles/{z}/{x}/{y}', groundTiles: 'http://localhost/tiles/{z}/{x}/{y}?layers=ground', schematic: true,
  show: { places: true, products: true, shapes: true }, municipalities: ['1261011'], verdictShares: true,
}

/** What an expression gives for a feature. */
function evaluate(expression: unknown, properties: Record<string, unknown>, zoom = 12): unknown {
  const made = createExpression(expression as never, 'layers[0].layout.icon-image' as never)
  if (made.result === 'error') throw new Error(made.value.map((e) => e.message).join('; '))
  return made.value.evaluate({ zoom }, { type: 1, properties } as never)
}

await loadBase('pl')
const modes: Mode[] = ['facet', 'verdict', 'grade']

test('the style is one that MapLibre takes, in every mode and theme', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const mode of modes) {
      for (const on of [true, false]) {
        const made = style({ ...options, palette: palettes[theme], mode, schematic: on, show: { places: on, products: true, shapes: on }, verdictShares: on })
        expect(validateStyleMin(made as StyleSpecification).map((e) => e.message)).toEqual([])
      }
    }
  }
})

test('every layer that answers a click is in the style, and the hand-drawn ones lie on top', () => {
  const ids = style(options).layers.map((l) => l.id)
  for (const id of CLICKABLE) expect(ids).toContain(id)
  expect(ids.indexOf('selected-pin')).toBeGreaterThan(ids.indexOf('place-pin'))
  // a name is placed after the signs above it, and gives way to them
  for (const sign of ['place-pin', 'place-cluster', 'product-pin', 'product-cluster']) for (const name of ['place-name', 'product-name', 'municipality-name']) expect(ids.indexOf(name)).toBeLessThan(ids.indexOf(sign))
})

test('layers of what is drawn for the moment are hidden while there is nothing, and a new style begins with what there is', () => {
  const line = { type: 'FeatureCollection' as const, features: [{ type: 'Feature' as const, properties: {}, geometry: { type: 'LineString' as const, coordinates: [[19, 50], [20, 50]] } }] }
  const made = style(options, new Map([['measure', line]]))
  expect(made.sources.measure).toMatchObject({ data: line })
  const shown = (source: string) => new Set(made.layers.filter((l) => 'source' in l && l.source === source).map((l) => l.layout?.visibility))
  expect(shown('measure')).toEqual(new Set(['visible']))
  for (const source of ['selected', 'spider', 'here']) expect(shown(source), source).toEqual(new Set(['none']))
})

test('a cluster is named by its size and the shares of its ring', () => {
  expect(evaluate(clusterSign('facet', 'places'), { count: 4, heritage: 2, infrastructure: 1, both: 1 })).toBe('cluster|facet|14|6|3')
  expect(evaluate(clusterSign('verdict', 'places'), { count: 1200, yes: 600, no: 600 })).toBe('cluster|verdict|22|6|0|6')
  expect(evaluate(clusterSign('grade', 'places'), { count: 4, heritage: 2, infrastructure: 1, both: 1 })).toBe('cluster|plain|14')
  expect(evaluate(clusterSign('facet', 'products'), { count: 3 })).toBe('cluster|product|14')
  expect([1, 9, 10, 100, 1000, 10_000].map((count) => evaluate(clusterRadius, { count }))).toEqual([14, 14, 16, 19, 22, 26])
})

test('a cluster says its count as the language writes it, and no sign that may overlap others is drawn by itself', () => {
  const format = new Intl.NumberFormat('pl-PL')
  for (const count of [1, 42, 999, 1000, 9999, 10_000, 10_007, 123_456, 999_999, 1_000_000, 1_000_001, 12_345_678]) {
    expect(evaluate(clusterCount, { count })).toBe(format.format(count))
  }
  // MapLibre makes a draw call of every value of a sort key
  const sorted = style(options).layers.filter((l) => l.type === 'symbol' && 'symbol-sort-key' in (l.layout ?? {}))
  expect(sorted).toEqual([])
})

test('a pin says its facet, category and what is unknown as unknown', () => {
  expect(evaluate(pinSign('facet', 'places'), { facet: 'both', category: 'church' })).toBe('pin|both|church|')
  expect(evaluate(pinSign('verdict', 'places'), { facet: 'heritage', category: 'church', verdict: 'no' })).toBe('pin|heritage|church|no')
  // a verdict that is missing is never shown as a good one, nor as none
  expect(evaluate(pinSign('verdict', 'places'), { facet: 'heritage', category: 'church' })).toBe('pin|heritage|church|unknown')
  // what is gone, planned or shut is never shown as usable
  expect(evaluate(pinSign('verdict', 'places'), { facet: 'heritage', category: 'church', verdict: 'not_judged', lifecycle: 'destroyed' })).toBe('pin|heritage|church|')
  expect(evaluate(pinSign('verdict', 'products'), { category: 'walking_trail', verdict: 'not_judged', status: 'closed' })).toBe('pin|product|walking_trail|')
  expect(evaluate(pinSign('verdict', 'products'), { category: 'walking_trail', verdict: 'yes', status: 'scheduled' })).toBe('pin|product|walking_trail|yes')
  expect(evaluate(pinSign('grade', 'places'), { facet: 'infrastructure', category: 'park', grade: '5' })).toBe('pin|infrastructure|park|5')
  expect(evaluate(pinSign('grade', 'places'), { facet: 'infrastructure', category: 'park' })).toBe('pin|infrastructure|park|none')
  expect(evaluate(pinSign('grade', 'places'), { facet: 'heritage', category: 'church', grade: 'poor', freshness: 'stale' })).toBe('pin|heritage|church|poor~')
  expect(evaluate(pinSign('grade', 'places'), { facet: 'heritage', category: 'church', grade: 'poor', freshness: 'fresh' })).toBe('pin|heritage|church|poor')
  expect(evaluate(pinSign('verdict', 'products'), { category: 'walking_trail', verdict: 'yes' })).toBe('pin|product|walking_trail|yes')
})

test('the shares of a ring and its parts fit', () => {
  expect(RINGS.verdict).toEqual(['yes', 'with_help', 'no', 'unknown'])
  expect(SHARES).toBe(12)
  expect(paint('something else', { palette: palettes.light, icons: {}, iconOf: () => '' })).toBeNull()
})

test('the legend tells every hue and ring that the mode draws, and none that it does not', () => {
  const signs = (mode: Mode) => legend(mode, { places: true, products: true }, true).map((e) => e.sign ?? '')
  for (const mode of modes) for (const facet of ['heritage', 'infrastructure', 'both', 'product']) expect(signs(mode)).toContain(`pin|${facet}||`)
  const rings = (mode: Mode) => new Set(signs(mode).filter((s) => s.startsWith('cluster|')).map((s) => s.split('|')[1]))
  const drawn = (mode: Mode) => new Set((['places', 'products'] as const).map((layer) => String(evaluate(clusterSign(mode, layer), { count: 3 })).split('|')[1]))
  for (const mode of modes) expect(rings(mode)).toEqual(drawn(mode))
  expect(signs('grade')).toContain('pin|infrastructure||3~')
})
