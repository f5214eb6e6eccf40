/** What the planning workspace draws on the map: municipalities shaded by an indicator, and protected areas with a pattern for each form. */
import type { ExpressionSpecification, LayerSpecification, Map as LibreMap } from 'maplibre-gl'
import type { Overlay } from '../../map/handle.svelte'
import type { Palette } from '../../map/palette'
import { RATIO, SIGN } from '../../map/signs'
import { SANS_BOLD, SOURCE } from '../../map/style'
import { classOf, type Class, type Compared } from './classes'
import type { Form } from './layers'

const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']

/** byTeryt chooses by the municipality's code; MapLibre allows no match without a branch. */
function byTeryt<T extends string | number>(branches: readonly (readonly [string, T])[], otherwise: T): ExpressionSpecification | T {
  return branches.length > 0 ? (['match', ['get', 'teryt'], ...branches.flat(), otherwise] as unknown as ExpressionSpecification) : otherwise
}

/** choroplethLayers shades municipalities by class, hatches those without a value, and writes the value under the name: one label, in place of the map's own. */
export function choroplethLayers(rows: readonly Compared[], classes: readonly Class[], chosen: readonly string[], write: (value: number) => string, palette: Palette): LayerSpecification[] {
  const shaded = rows.flatMap((r) => {
    const c = classOf(classes, r.value)
    return c ? [[r.teryt, palette.scale[c.shade] ?? palette.unknown] as const] : []
  })
  const known = shaded.map(([teryt]) => teryt)
  const of = { source: SOURCE.ground, 'source-layer': 'municipalities' } as const
  const inKnown: ExpressionSpecification = ['in', ['get', 'teryt'], ['literal', known]]
  return [
    { id: 'planning-class', type: 'fill', ...of, filter: ['all', isArea, inKnown], paint: { 'fill-color': byTeryt(shaded, palette.unknown), 'fill-opacity': 0.88 } },
    { id: 'planning-no-data', type: 'fill', ...of, filter: ['all', isArea, ['!', inKnown]], paint: { 'fill-pattern': SIGN.pattern } },
    { id: 'planning-edge', type: 'line', ...of, filter: isArea, layout: { 'line-join': 'round' },
      paint: { 'line-color': byTeryt(chosen.map((c) => [c, palette.ink] as const), palette.card), 'line-width': byTeryt(chosen.map((c) => [c, 3] as const), 1.2) } },
    { id: 'planning-value', type: 'symbol', ...of, filter: isPoint, minzoom: 8.5, maxzoom: 14,
      layout: { 'text-field': ['format', ['upcase', ['get', 'name']], { 'font-scale': 0.85 }, '\n', {}, byTeryt(rows.flatMap((r) => (r.value === null ? [] : [[r.teryt, write(r.value)] as const])), ''), {}],
        'text-font': SANS_BOLD, 'text-size': 13, 'text-max-width': 8, 'text-allow-overlap': true },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.ground, 'text-halo-width': 1.6 } },
  ]
}

function taken(map: LibreMap, ids: readonly string[], sources: readonly string[] = []): void {
  for (const id of ids) if (map.getLayer(id)) map.removeLayer(id)
  for (const id of sources) if (map.getSource(id)) map.removeSource(id)
}

function put(map: LibreMap, layers: readonly LayerSpecification[], before: string): void {
  for (const layer of layers) if (!map.getLayer(layer.id)) map.addLayer(layer, map.getLayer(before) ? before : undefined)
}

/** choropleth is the comparison of municipalities as an overlay. */
export function choropleth(layers: readonly LayerSpecification[]): Overlay {
  return {
    id: 'planning',
    add: (map, before) => {
      put(map, layers, before)
      map.setLayoutProperty('municipality-name', 'visibility', 'none')
    },
    remove: (map) => {
      taken(map, layers.map((l) => l.id))
      if (map.getLayer('municipality-name')) map.setLayoutProperty('municipality-name', 'visibility', 'visible')
    },
  }
}

/** How the area of a form is hatched: lines at angles, so far apart and so wide; or dots. All in one hue: the pattern tells the form. */
export interface Hatch {
  angles: readonly (0 | 45 | 90 | 135)[]
  gap: 8 | 12 | 16
  width: number
  dots?: true
  /** How the edge is dashed; none is drawn through. */
  dash?: readonly [number, number]
}

export const HATCHES: Readonly<Record<Form, Hatch>> = {
  unesco_property: { angles: [45, 135], gap: 8, width: 1.4 },
  monument_of_history: { angles: [0, 90], gap: 8, width: 1.4 },
  register: { angles: [45], gap: 8, width: 1.6 },
  cultural_park: { angles: [], gap: 8, width: 1.8, dots: true },
  local_plan: { angles: [0], gap: 8, width: 1.4, dash: [4, 2] },
  treasure_list: { angles: [90], gap: 8, width: 1.4 },
  unesco_buffer: { angles: [45, 135], gap: 16, width: 1, dash: [1, 1.5] },
  national: { angles: [135], gap: 8, width: 1.6 },
  voivodeship: { angles: [135], gap: 12, width: 1.2, dash: [4, 2] },
  municipal: { angles: [135], gap: 16, width: 1, dash: [2, 2] },
}

/** hatch draws the tile of a form's pattern, the same for the map and for the legend. */
export function hatch(form: Form, palette: Palette): { width: number; height: number; data: Uint8ClampedArray } {
  const { angles, gap, width, dots } = HATCHES[form]
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = gap * RATIO
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('the browser gives no canvas')
  context.scale(RATIO, RATIO)
  context.strokeStyle = context.fillStyle = palette.heritage
  context.lineWidth = width
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    context.beginPath()
    context.moveTo(x1, y1)
    context.lineTo(x2, y2)
    context.stroke()
  }
  for (const angle of angles) {
    if (angle === 0) line(0, gap / 2, gap, gap / 2)
    else if (angle === 90) line(gap / 2, 0, gap / 2, gap)
    // a slanted line goes on in the tiles beside, over the corners
    else for (const shift of [-gap, 0, gap]) angle === 45 ? line(shift, gap, shift + gap, 0) : line(shift, 0, shift + gap, gap)
  }
  if (dots) {
    context.beginPath()
    context.arc(gap / 2, gap / 2, width, 0, 2 * Math.PI)
    context.fill()
  }
  return { width: canvas.width, height: canvas.height, data: context.getImageData(0, 0, canvas.width, canvas.height).data }
}

const imageOf = (form: Form) => `planning|${form}`

/** zoneLayers are the areas of one form of protection. */
export function zoneLayers(form: Form, palette: Palette): LayerSpecification[] {
  const of = { source: `planning-${form}`, 'source-layer': 'places', filter: isArea } as const
  const { dash } = HATCHES[form]
  return [
    { id: `planning-${form}-area`, type: 'fill', ...of, paint: { 'fill-pattern': imageOf(form), 'fill-opacity': 0.75 } },
    { id: `planning-${form}-edge`, type: 'line', ...of, layout: { 'line-join': 'round' }, paint: { 'line-color': palette.heritage, 'line-width': 2, ...(dash && { 'line-dasharray': [...dash] }) } },
  ]
}

/** zones are the protected areas as an overlay, the strongest form on top; tiles gives the address of the tiles of a form. */
export function zones(forms: readonly Form[], tiles: (form: Form) => string, palette: Palette): Overlay {
  const order = [...forms].reverse()
  return {
    id: 'planning',
    add: (map, before) => {
      for (const form of order) {
        const image = imageOf(form)
        if (map.hasImage(image)) map.removeImage(image)
        map.addImage(image, hatch(form, palette), { pixelRatio: RATIO })
        if (!map.getSource(`planning-${form}`)) map.addSource(`planning-${form}`, { type: 'vector', tiles: [tiles(form)], minzoom: 0, maxzoom: 20 })
        put(map, zoneLayers(form, palette), before)
      }
    },
    remove: (map) => {
      taken(map, order.flatMap((form) => zoneLayers(form, palette).map((l) => l.id)), order.map((form) => `planning-${form}`))
      for (const form of order) if (map.hasImage(imageOf(form))) map.removeImage(imageOf(form))
    },
  }
}
