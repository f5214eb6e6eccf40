/** The style of the map: sources, layers and the expressions that compose the names of signs. Pure, so that it can be tested without a map. */
import type { FeatureCollection } from 'geojson'
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Palette } from './palette'
import { RINGS, SHARES, SIGN, STALE } from './signs'

/** What signs of places tell beside the category. */
export type Mode = 'facet' | 'verdict' | 'grade'

export interface StyleOptions {
  palette: Palette
  mode: Mode
  /** Template of the tiles of places and products, with the filter. */
  tiles: string
  /** Template of the tiles of the ground and the municipalities. */
  groundTiles: string
  /** Whether our schematic ground is drawn; outlines of municipalities are in any case. */
  schematic: boolean
  show: { places: boolean; products: boolean; shapes: boolean }
  /** The municipalities chosen in the filter. */
  municipalities: string[]
  /** Whether clusters carry the shares of the verdicts; they do for one profile as it is stored. */
  verdictShares: boolean
}

export const SOURCE = { ground: 'ground', registry: 'registry', selected: 'selected', spider: 'spider', measure: 'measure', here: 'here' } as const

// Names of families in tokens.css that MapLibre can put into a CSS font unquoted ("3" is no identifier); it reads the weight off the name.
export const SANS = ['Wolnica Sans Medium']
export const SANS_BOLD = ['Wolnica Sans Semibold']

/** The radius of a cluster's ring by its count. */
export const clusterRadius: ExpressionSpecification = ['step', ['get', 'count'], 14, 10, 16, 100, 19, 1000, 22, 10000, 26]

/**
 * A cluster's count with its digits in threes, from five digits on as Polish has it. Of arithmetic, because the format of the browser would be made anew
 * for each cluster of each tile.
 */
export const clusterCount: ExpressionSpecification = (() => {
  const count: ExpressionSpecification = ['get', 'count']
  const whole = (unit: number): ExpressionSpecification => ['floor', ['/', count, unit]]
  const three = (of: ExpressionSpecification): ExpressionSpecification => ['slice', ['to-string', ['+', 1000, ['%', of, 1000]]], 1]
  return ['case',
    ['<', count, 10_000], ['to-string', count],
    ['<', count, 1_000_000], ['concat', whole(1000), '\u00a0', three(count)],
    ['concat', whole(1_000_000), '\u00a0', three(whole(1000)), '\u00a0', three(count)]]
})()

const share = (name: string): ExpressionSpecification => ['round', ['*', SHARES, ['/', ['coalesce', ['get', name], 0], ['get', 'count']]]]

/** The ring of clusters of places: there are no counts of grades to share it out by, and the hues of facets would pass for grades. */
export function ringOf(mode: Mode): 'facet' | 'verdict' | 'plain' {
  return mode === 'grade' ? 'plain' : mode
}

/** The name of a cluster's sign: its mode, radius and shares. */
export function clusterSign(mode: Mode, layer: 'places' | 'products'): ExpressionSpecification {
  if (layer === 'products' && mode !== 'verdict') return ['concat', `${SIGN.cluster}|product|`, clusterRadius]
  const ring = ringOf(mode)
  const parts = RINGS[ring].slice(0, -1)
  return ['concat', `${SIGN.cluster}|${ring}|`, clusterRadius, ...parts.flatMap((part): (string | ExpressionSpecification)[] => ['|', share(part)])]
}

/** The name of a pin's sign: facet, category and badge. */
export function pinSign(mode: Mode, layer: 'places' | 'products'): ExpressionSpecification {
  const facet: ExpressionSpecification | string = layer === 'products' ? 'product' : ['coalesce', ['get', 'facet'], 'heritage']
  const badge: ExpressionSpecification | string =
    mode === 'verdict' ? ['match', ['get', 'verdict'], 'not_judged', '', ['coalesce', ['get', 'verdict'], 'unknown']] : mode === 'grade' && layer === 'places' ? ['concat', ['coalesce', ['get', 'grade'], 'none'], ['match', ['get', 'freshness'], 'stale', STALE, '']] : ''
  return ['concat', `${SIGN.pin}|`, facet, '|', ['coalesce', ['get', 'category'], ''], '|', badge]
}

const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
const isCluster: ExpressionSpecification = ['has', 'count']
const single: ExpressionSpecification = ['all', isPoint, ['!', ['has', 'count']]]
const isLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString']
const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']

/** Layers that answer a click, the topmost first: the one order in which clicks are owned. */
export const CLICKABLE = ['spider', 'selected-pin', 'selected-stop', 'place-pin', 'product-pin', 'place-cluster', 'product-cluster', 'place-name', 'product-name', 'product-line', 'place-line', 'place-area', 'municipality-name', 'municipality-edge', 'municipality-area'] as const

/** What is drawn over the registry, by source; see hand.ts. */
export type Hand = ReadonlyMap<string, FeatureCollection>

type Drawn = Extract<LayerSpecification, { source: string }>

/** visibility is that of the layers of what is drawn: of nothing, hidden. */
export function visibility(hand: Hand, source: string): 'visible' | 'none' {
  return hand.get(source)?.features.length ? 'visible' : 'none'
}

export function sources(o: StyleOptions, hand: Hand): Record<string, SourceSpecification> {
  const drawn = (source: string): SourceSpecification => ({ type: 'geojson', data: hand.get(source) ?? { type: 'FeatureCollection', features: [] } })
  return {
    [SOURCE.ground]: { type: 'vector', tiles: [o.groundTiles], minzoom: 0, maxzoom: 14, attribution: '' },
    [SOURCE.registry]: { type: 'vector', tiles: [o.tiles], minzoom: 0, maxzoom: 20 },
    [SOURCE.selected]: drawn(SOURCE.selected),
    [SOURCE.spider]: drawn(SOURCE.spider),
    [SOURCE.measure]: drawn(SOURCE.measure),
    [SOURCE.here]: drawn(SOURCE.here),
  }
}

function facetColour(palette: Palette): ExpressionSpecification {
  return ['match', ['get', 'facet'], 'infrastructure', palette.infrastructure, palette.heritage]
}

/** The ground: our own schematic one, under everything. */
export function groundLayers(palette: Palette): LayerSpecification[] {
  const of = (kind: string): FilterSpecification => ['==', ['get', 'kind'], kind]
  return [
    { id: 'forest', type: 'fill', source: SOURCE.ground, 'source-layer': 'ground', filter: of('forest'), paint: { 'fill-color': palette.green } },
    { id: 'water', type: 'fill', source: SOURCE.ground, 'source-layer': 'ground', filter: of('water'), paint: { 'fill-color': palette.water } },
    { id: 'river', type: 'line', source: SOURCE.ground, 'source-layer': 'ground', filter: of('river'), layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': palette.water, 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 8, 1.5, 12, 4, 16, 14] } },
    { id: 'road-casing', type: 'line', source: SOURCE.ground, 'source-layer': 'ground', filter: of('road'), layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.roadCasing, 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 8, 2, 12, 5, 16, 13] } },
    { id: 'road', type: 'line', source: SOURCE.ground, 'source-layer': 'ground', filter: of('road'), layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.road, 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 8, 1, 12, 3.4, 16, 11] } },
  ]
}

function groundLabels(palette: Palette): LayerSpecification[] {
  const halo = { 'text-halo-color': palette.ground, 'text-halo-width': 1.4 }
  const along = (kind: string, colour: string, minzoom: number): LayerSpecification => ({
    id: `${kind}-name`, type: 'symbol', source: SOURCE.ground, 'source-layer': 'ground', minzoom, filter: ['==', ['get', 'kind'], kind],
    layout: { 'symbol-placement': 'line', 'text-field': ['coalesce', ['get', 'ref'], ['get', 'name'], ''], 'text-font': SANS, 'text-size': 11, 'symbol-spacing': 420, 'text-letter-spacing': 0.05 },
    paint: { 'text-color': colour, ...halo },
  })
  return [
    along('river', palette.waterLabel, 9),
    along('road', palette.muted, 9.5),
    { id: 'area-name', type: 'symbol', source: SOURCE.ground, 'source-layer': 'ground', minzoom: 10.5, filter: ['in', ['get', 'kind'], ['literal', ['forest', 'water']]],
      layout: { 'text-field': ['coalesce', ['get', 'name'], ''], 'text-font': SANS, 'text-size': 11, 'text-max-width': 7 },
      paint: { 'text-color': ['match', ['get', 'kind'], 'water', palette.waterLabel, palette.greenLabel], ...halo } },
  ]
}

function municipalityLayers(o: StyleOptions): LayerSpecification[] {
  const { palette } = o
  const chosen: ExpressionSpecification = ['in', ['get', 'teryt'], ['literal', o.municipalities]]
  const pointed: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false]
  return [
    // there to be clicked; what is not seen need not be drawn, and this is as large as the map
    { id: 'municipality-area', type: 'fill', source: SOURCE.ground, 'source-layer': 'municipalities', filter: isArea, paint: { 'fill-opacity': 0 } },
    ...(o.municipalities.length === 0 ? [] : [{ id: 'municipality-wash', type: 'fill' as const, source: SOURCE.ground, 'source-layer': 'municipalities', filter: ['all', isArea, chosen] as FilterSpecification,
      paint: { 'fill-color': palette.wash, 'fill-opacity': 0.045, 'fill-antialias': false } }]),
    { id: 'municipality-edge', type: 'line', source: SOURCE.ground, 'source-layer': 'municipalities', filter: isArea, layout: { 'line-join': 'round' },
      paint: { 'line-color': ['case', chosen, palette.ink, pointed, palette.ink, palette.outline], 'line-width': ['case', chosen, 2, pointed, 1.8, 1], 'line-dasharray': [4, 2.5] } },
  ]
}

function municipalityNames(o: StyleOptions): LayerSpecification {
  return {
    id: 'municipality-name', type: 'symbol', source: SOURCE.ground, 'source-layer': 'municipalities', filter: isPoint, maxzoom: 14,
    layout: { 'text-field': ['upcase', ['get', 'name']], 'text-font': SANS_BOLD, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 10, 12, 13], 'text-letter-spacing': 0.14, 'text-max-width': 8, 'text-padding': 4,
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right', 'top-left', 'top-right', 'bottom-left', 'bottom-right'], 'text-radial-offset': 1.6, 'text-justify': 'auto' },
    paint: { 'text-color': o.palette.muted, 'text-halo-color': o.palette.ground, 'text-halo-width': 1.6 },
  }
}

function shapeLayers(o: StyleOptions): LayerSpecification[] {
  const { palette } = o
  const out: LayerSpecification[] = []
  if (o.show.places && o.show.shapes) {
    out.push(
      { id: 'place-area', type: 'fill', source: SOURCE.registry, 'source-layer': 'places', filter: isArea, paint: { 'fill-color': facetColour(palette), 'fill-opacity': 0.1, 'fill-antialias': false } },
      { id: 'place-area-edge', type: 'line', source: SOURCE.registry, 'source-layer': 'places', filter: isArea, layout: { 'line-join': 'round' }, paint: { 'line-color': facetColour(palette), 'line-width': 1.5, 'line-opacity': 0.8 } },
      { id: 'place-line-halo', type: 'line', source: SOURCE.registry, 'source-layer': 'places', filter: isLine, layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': palette.card, 'line-width': 6 } },
      { id: 'place-line', type: 'line', source: SOURCE.registry, 'source-layer': 'places', filter: isLine, layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': facetColour(palette), 'line-width': 2.5 } },
    )
  }
  if (o.show.products) {
    out.push(
      { id: 'product-line-halo', type: 'line', source: SOURCE.registry, 'source-layer': 'products', filter: isLine, layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: { 'line-color': palette.card, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 3.5, 13, 7] } },
      { id: 'product-line', type: 'line', source: SOURCE.registry, 'source-layer': 'products', filter: isLine, layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: { 'line-color': palette.product, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 1.6, 13, 3] } },
    )
  }
  return out
}

function pointLayers(o: StyleOptions, layer: 'places' | 'products'): LayerSpecification[] {
  const { palette, mode } = o
  const one = layer === 'places' ? 'place' : 'product'
  const out: LayerSpecification[] = [
    // without a sort key: symbols that may overlap would be drawn one by one, each with its own (over a million places a frame took four times as long)
    { id: `${one}-cluster`, type: 'symbol', source: SOURCE.registry, 'source-layer': layer, filter: isCluster,
      layout: { 'icon-image': clusterSign(mode === 'verdict' && !o.verdictShares ? 'facet' : mode, layer), 'icon-allow-overlap': true, 'icon-ignore-placement': false,
        'text-field': clusterCount, 'text-font': SANS_BOLD, 'text-size': ['step', ['get', 'count'], 13, 10000, 12], 'text-allow-overlap': true },
      paint: { 'text-color': layer === 'products' ? palette.product : palette.ink } },
  ]
  if (layer === 'places') {
    out.push({ id: 'place-coarse', type: 'circle', source: SOURCE.registry, 'source-layer': layer, filter: ['all', single, ['boolean', ['get', 'coarse'], false]],
      paint: { 'circle-radius': ['interpolate', ['exponential', 2], ['zoom'], 10, 8, 15, 160], 'circle-color': palette.unknown, 'circle-opacity': 0.12, 'circle-stroke-color': palette.unknown, 'circle-stroke-width': 1, 'circle-stroke-opacity': 0.6 } })
  }
  out.push(
    { id: `${one}-pin`, type: 'symbol', source: SOURCE.registry, 'source-layer': layer, filter: single,
      layout: { 'icon-image': pinSign(mode, layer), 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-padding': 0, 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.8, 14, 1] } },
  )
  return out
}

/**
 * Names of records, under their pins or beside the heads of those. A layer of their own, below all signs: MapLibre places the topmost first, so that names go only
 * where no sign is.
 */
function nameLayer(o: StyleOptions, layer: 'places' | 'products'): LayerSpecification {
  return { id: layer === 'places' ? 'place-name' : 'product-name', type: 'symbol', source: SOURCE.registry, 'source-layer': layer, minzoom: 12.5, filter: single,
    layout: { 'text-field': ['get', 'name'], 'text-font': SANS, 'text-size': 12, 'text-variable-anchor-offset': ['top', [0, 0.4], 'left', [1.7, -1.7], 'right', [-1.7, -1.7]], 'text-justify': 'auto', 'text-max-width': 9 },
    // what is marked tells its name itself
    paint: { 'text-color': o.palette.ink, 'text-halo-color': o.palette.ground, 'text-halo-width': 1.6, 'text-opacity': ['case', ['boolean', ['feature-state', 'told'], false], 0, 1] } }
}

/** The layers of what is drawn over the registry; those of a source that holds nothing are hidden. */
function handLayers(hand: Hand, palette: Palette): LayerSpecification[] {
  const layers: Drawn[] = [
    { id: 'selected-line-halo', type: 'line', source: SOURCE.selected, filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': palette.card, 'line-width': 9 } },
    { id: 'selected-line', type: 'line', source: SOURCE.selected, filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': ['coalesce', ['get', 'colour'], palette.ink], 'line-width': 4 } },
    { id: 'selected-ring', type: 'circle', source: SOURCE.selected, filter: ['all', isPoint, ['!', ['boolean', ['get', 'stop'], false]]],
      paint: { 'circle-radius': 19, 'circle-color': palette.ink, 'circle-opacity': 0, 'circle-stroke-color': palette.ink, 'circle-stroke-width': 3, 'circle-translate': [0, -22] } },
    { id: 'selected-pin', type: 'symbol', source: SOURCE.selected, filter: ['all', isPoint, ['!', ['boolean', ['get', 'stop'], false]]],
      layout: { 'icon-image': ['concat', `${SIGN.pin}|`, ['get', 'facet'], '|', ['coalesce', ['get', 'category'], ''], '|', ['coalesce', ['get', 'badge'], '']], 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'text-field': ['get', 'name'], 'text-font': SANS_BOLD, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 0.3], 'text-allow-overlap': true, 'text-max-width': 12 },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.card, 'text-halo-width': 2 } },
    { id: 'selected-stop', type: 'circle', source: SOURCE.selected, filter: ['all', isPoint, ['boolean', ['get', 'stop'], false]],
      paint: { 'circle-radius': 10, 'circle-color': palette.card, 'circle-stroke-color': ['coalesce', ['get', 'colour'], palette.product], 'circle-stroke-width': 3 } },
    { id: 'selected-stop-number', type: 'symbol', source: SOURCE.selected, filter: ['all', isPoint, ['boolean', ['get', 'stop'], false]],
      layout: { 'text-field': ['get', 'number'], 'text-font': SANS_BOLD, 'text-size': 12, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': palette.ink } },
    { id: 'spider-leg', type: 'line', source: SOURCE.spider, filter: isLine, paint: { 'line-color': palette.muted, 'line-width': 1.2 } },
    { id: 'spider', type: 'symbol', source: SOURCE.spider, filter: isPoint,
      layout: { 'icon-image': ['concat', `${SIGN.pin}|`, ['get', 'facet'], '|', ['coalesce', ['get', 'category'], ''], '|', ['coalesce', ['get', 'badge'], '']], 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'text-field': ['get', 'name'], 'text-font': SANS, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 0.2], 'text-optional': true, 'text-max-width': 9 },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.card, 'text-halo-width': 1.8 } },
    { id: 'measure-halo', type: 'line', source: SOURCE.measure, filter: isLine, paint: { 'line-color': palette.card, 'line-width': 5 } },
    { id: 'measure-line', type: 'line', source: SOURCE.measure, filter: isLine, paint: { 'line-color': palette.ink, 'line-width': 2, 'line-dasharray': [2, 1.5] } },
    { id: 'measure-point', type: 'circle', source: SOURCE.measure, filter: isPoint, paint: { 'circle-radius': 4, 'circle-color': palette.card, 'circle-stroke-color': palette.ink, 'circle-stroke-width': 2 } },
    { id: 'here-accuracy', type: 'fill', source: SOURCE.here, filter: isArea, paint: { 'fill-color': palette.product, 'fill-opacity': 0.12 } },
    { id: 'here', type: 'circle', source: SOURCE.here, filter: isPoint, paint: { 'circle-radius': 7, 'circle-color': palette.product, 'circle-stroke-color': palette.card, 'circle-stroke-width': 3 } },
  ]
  return layers.map((layer) => ({ ...layer, layout: { ...layer.layout, visibility: visibility(hand, layer.source) } }) as Drawn)
}

/** The layers of the registry, to be drawn over any ground. `gap` marks where the workspaces put overlays: under the signs. */
export function registryLayers(o: StyleOptions, hand: Hand): LayerSpecification[] {
  return [
    ...municipalityLayers(o),
    { id: 'overlay-gap', type: 'background', paint: { 'background-opacity': 0 } },
    ...shapeLayers(o),
    // under the signs: what lies above is placed first, and a name gives way to it
    municipalityNames(o),
    ...(o.show.products ? [nameLayer(o, 'products')] : []),
    ...(o.show.places ? [nameLayer(o, 'places')] : []),
    ...(o.show.products ? pointLayers(o, 'products') : []),
    ...(o.show.places ? pointLayers(o, 'places') : []),
    ...handLayers(hand, o.palette),
  ]
}

/** The whole style on our own ground, or on none when another ground is put under it. */
export function style(o: StyleOptions, hand: Hand = new Map()): StyleSpecification {
  return {
    version: 8,
    sources: sources(o, hand),
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': o.palette.ground } },
      ...(o.schematic ? groundLayers(o.palette) : []),
      ...(o.schematic ? groundLabels(o.palette) : []),
      ...registryLayers(o, hand),
    ],
  }
}
