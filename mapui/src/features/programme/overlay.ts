/** Proposals on the map: discs with a letter for the kind or the year of the start, drawn through for what a programme takes, as rings for what it leaves. */
import type { Map as LibreMap, LayerSpecification, MapLayerMouseEvent } from 'maplibre-gl'
import type { Feature, Point } from 'geojson'
import type { Overlay } from '../../map/handle.svelte'
import type { Palette } from '../../map/palette'
import { SANS_BOLD } from '../../map/style'

export interface Spot {
  id: number
  position: [number, number]
  title: string
  /** A letter or two figures. */
  sign: string
  /** Drawn through, or a ring. */
  taken: boolean
}

const SOURCE = 'programme-spots'

export function spotFeatures(spots: readonly Spot[]): Feature<Point>[] {
  return spots.map((s) => ({ type: 'Feature', id: s.id, geometry: { type: 'Point', coordinates: s.position }, properties: { id: s.id, title: s.title, sign: s.sign, taken: s.taken ? 1 : 0 } }))
}

export function spotLayers(palette: Palette): LayerSpecification[] {
  return [
    { id: 'programme-spot', type: 'circle', source: SOURCE, layout: { 'circle-sort-key': ['get', 'taken'] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, ['case', ['==', ['get', 'taken'], 1], 9, 6], 13, ['case', ['==', ['get', 'taken'], 1], 13, 9]],
        'circle-color': ['case', ['==', ['get', 'taken'], 1], palette.ink, palette.card],
        'circle-stroke-color': ['case', ['==', ['get', 'taken'], 1], palette.card, palette.muted],
        'circle-stroke-width': ['case', ['==', ['get', 'taken'], 1], 1.5, 2],
      } },
    { id: 'programme-sign', type: 'symbol', source: SOURCE, layout: { 'text-field': ['get', 'sign'], 'text-font': SANS_BOLD, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, ['case', ['==', ['get', 'taken'], 1], 10, 8], 13, 12], 'text-allow-overlap': true, 'text-ignore-placement': true, 'symbol-sort-key': ['get', 'taken'] },
      paint: { 'text-color': ['case', ['==', ['get', 'taken'], 1], palette.card, palette.muted] } },
  ]
}

/** spotsOverlay draws proposals; one that is pressed is told to `press`. */
export function spotsOverlay(spots: readonly Spot[], palette: Palette, press: (id: number) => void): Overlay {
  const pressed = (event: MapLayerMouseEvent) => {
    const id = Number(event.features?.[0]?.properties.id)
    if (id > 0) press(id)
  }
  const layers = spotLayers(palette)
  let wired: LibreMap | null = null
  return {
    id: 'programme',
    add: (map, before) => {
      const data = { type: 'FeatureCollection' as const, features: spotFeatures(spots) }
      if (!map.getSource(SOURCE)) map.addSource(SOURCE, { type: 'geojson', data })
      for (const layer of layers) if (!map.getLayer(layer.id)) map.addLayer(layer, map.getLayer(before) ? before : undefined)
      if (wired !== map) map.on('click', 'programme-spot', pressed)
      wired = map
    },
    remove: (map) => {
      map.off('click', 'programme-spot', pressed)
      wired = null
      for (const layer of layers) if (map.getLayer(layer.id)) map.removeLayer(layer.id)
      if (map.getSource(SOURCE)) map.removeSource(SOURCE)
    },
  }
}
