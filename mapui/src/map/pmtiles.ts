/** A PMTiles file of the server's as the ground: vector tiles of the Protomaps schema in our colours, or pictures as they are. Loaded only where there is such a file. */
import { addProtocol, type FilterSpecification, type LayerSpecification, type StyleSpecification } from 'maplibre-gl'
import { Protocol } from 'pmtiles'
import { lang } from '../i18n'
import type { Palette } from './palette'
import { SANS, SANS_BOLD } from './style'

let registered = false

export async function fileStyle(file: { url: string; tiles: 'vector' | 'raster' }, palette: Palette): Promise<StyleSpecification> {
  if (!registered) {
    addProtocol('pmtiles', new Protocol().tile)
    registered = true
  }
  const url = `pmtiles://${location.origin}${file.url}`
  const paper: LayerSpecification = { id: 'paper', type: 'background', paint: { 'background-color': palette.ground } }
  if (file.tiles === 'raster') {
    return { version: 8, sources: { file: { type: 'raster', url, tileSize: 256 } }, layers: [paper, { id: 'picture', type: 'raster', source: 'file' }] }
  }
  return { version: 8, sources: { file: { type: 'vector', url, attribution: '© OpenStreetMap' } }, layers: [paper, ...protomaps(palette)] }
}

/** The layers of the Protomaps basemap schema (version 4) that a calm ground needs. */
export function protomaps(palette: Palette): LayerSpecification[] {
  const source = 'file'
  const kind = (...kinds: string[]): FilterSpecification => ['in', ['get', 'kind'], ['literal', kinds]]
  const name = ['coalesce', ['get', `name:${lang}`], ['get', 'name']] as never
  const halo = { 'text-halo-color': palette.ground, 'text-halo-width': 1.4 }
  const road = (id: string, filter: FilterSpecification, minzoom: number, width: number): LayerSpecification[] => [
    { id: `${id}-casing`, type: 'line', source, 'source-layer': 'roads', minzoom, filter, layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': palette.roadCasing, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 8, width * 0.5 + 0.8, 13, width * 1.6 + 1.4, 18, width * 9 + 2] } },
    { id, type: 'line', source, 'source-layer': 'roads', minzoom, filter, layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': palette.road, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 8, width * 0.5, 13, width * 1.6, 18, width * 9] } },
  ]
  return [
    { id: 'earth', type: 'fill', source, 'source-layer': 'earth', paint: { 'fill-color': palette.ground } },
    { id: 'green', type: 'fill', source, 'source-layer': 'landuse', filter: kind('park', 'forest', 'wood', 'grass', 'nature_reserve', 'cemetery', 'pitch', 'golf_course', 'national_park', 'protected_area'), paint: { 'fill-color': palette.green } },
    { id: 'landcover', type: 'fill', source, 'source-layer': 'landcover', filter: kind('forest', 'grassland'), paint: { 'fill-color': palette.green, 'fill-opacity': 0.6 } },
    { id: 'water', type: 'fill', source, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': palette.water } },
    { id: 'stream', type: 'line', source, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': palette.water, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 16, 5] } },
    { id: 'buildings', type: 'fill', source, 'source-layer': 'buildings', minzoom: 14, paint: { 'fill-color': palette.line, 'fill-opacity': 0.5 } },
    ...road('path', kind('path', 'other'), 14, 0.5),
    ...road('minor', kind('minor_road'), 12, 1),
    ...road('major', kind('major_road'), 8, 1.6),
    ...road('highway', kind('highway'), 6, 2.2),
    { id: 'rail', type: 'line', source, 'source-layer': 'roads', minzoom: 11, filter: kind('rail'), paint: { 'line-color': palette.outline, 'line-width': 1, 'line-dasharray': [3, 2] } },
    { id: 'road-name', type: 'symbol', source, 'source-layer': 'roads', minzoom: 13.5, layout: { 'symbol-placement': 'line', 'text-field': name, 'text-font': SANS, 'text-size': 11 }, paint: { 'text-color': palette.muted, ...halo } },
    { id: 'water-name', type: 'symbol', source, 'source-layer': 'water', minzoom: 10, layout: { 'text-field': name, 'text-font': SANS, 'text-size': 11 }, paint: { 'text-color': palette.waterLabel, ...halo } },
    { id: 'place-name', type: 'symbol', source, 'source-layer': 'places', filter: kind('locality', 'neighbourhood'), layout: { 'text-field': name, 'text-font': SANS_BOLD, 'text-size': ['interpolate', ['linear'], ['zoom'], 8, 11, 14, 14], 'text-max-width': 8 },
      paint: { 'text-color': palette.muted, ...halo } },
  ]
}
