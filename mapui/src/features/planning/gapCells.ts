/** The population cells of a standard on the map: shaded by how many residents are not served, hatched where their number is suppressed. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Overlay } from '../../map/handle.svelte'
import type { Palette } from '../../map/palette'
import { SIGN } from '../../map/signs'
import { classesOf, type Class } from './classes'

/** A cell as the server writes it. */
export interface CellProperties {
  id: number
  key: string
  teryt?: string | null
  municipality?: string | null
  residents: number | null
  suppressed: boolean
  served: boolean
  reason?: string | null
  unserved: number | null
  nearest_m?: number | null
}
export type Cells = FeatureCollection<Geometry, CellProperties>
export type CellFeature = Feature<Geometry, CellProperties>

/** gapClasses cuts the residents not served into classes; cells where all are served are none. */
export const gapClasses = (cells: Cells): Class[] => classesOf(cells.features.flatMap((c) => (c.properties.unserved ? [c.properties.unserved] : [])))

/** worstCells are the cells with most residents not served, at most so many. */
export const worstCells = (cells: Cells, most: number): CellFeature[] => cells.features.filter((c) => c.properties.unserved).sort((a, b) => (b.properties.unserved ?? 0) - (a.properties.unserved ?? 0)).slice(0, most)

export const CELLS = 'planning-cells'

/** cellLayers draws cells that are areas, and those that are points as dots. */
export function cellLayers(classes: readonly Class[], chosen: number, palette: Palette): LayerSpecification[] {
  const area: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
  const point: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
  const missing: ExpressionSpecification = ['>', ['coalesce', ['get', 'unserved'], 0], 0]
  const secret: ExpressionSpecification = ['all', ['==', ['get', 'suppressed'], true], ['!=', ['get', 'served'], true]]
  const colour: ExpressionSpecification = ['step', ['get', 'unserved'], palette.card, ...classes.flatMap((c) => [c.from, palette.scale[c.shade] ?? palette.unknown])] as unknown as ExpressionSpecification
  const shade = classes.length > 0 ? colour : palette.card
  const edge: ExpressionSpecification = ['case', ['==', ['get', 'id'], chosen], palette.ink, palette.outline]
  const width: ExpressionSpecification = ['case', ['==', ['get', 'id'], chosen], 3, 0.4]
  return [
    { id: 'planning-cell', type: 'fill', source: CELLS, filter: ['all', area, missing], paint: { 'fill-color': shade, 'fill-opacity': 0.85 } },
    { id: 'planning-cell-secret', type: 'fill', source: CELLS, filter: ['all', area, secret], paint: { 'fill-pattern': SIGN.pattern } },
    { id: 'planning-cell-edge', type: 'line', source: CELLS, filter: area, paint: { 'line-color': edge, 'line-width': width } },
    { id: 'planning-cell-dot', type: 'circle', source: CELLS, filter: ['all', point, ['any', missing, secret]],
      paint: { 'circle-color': ['case', secret, palette.unknown, shade], 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 4, 12, 11], 'circle-stroke-color': edge, 'circle-stroke-width': ['case', ['==', ['get', 'id'], chosen], 3, 1] } },
  ]
}

/** cellOverlay is the cells as an overlay. */
export function cellOverlay(cells: Cells, chosen: number, palette: Palette): Overlay {
  const layers = cellLayers(gapClasses(cells), chosen, palette)
  return {
    id: 'planning',
    add: (map, before) => {
      if (!map.getSource(CELLS)) map.addSource(CELLS, { type: 'geojson', data: cells })
      for (const layer of layers) if (!map.getLayer(layer.id)) map.addLayer(layer, map.getLayer(before) ? before : undefined)
    },
    remove: (map) => {
      for (const layer of layers) if (map.getLayer(layer.id)) map.removeLayer(layer.id)
      if (map.getSource(CELLS)) map.removeSource(CELLS)
    },
  }
}
