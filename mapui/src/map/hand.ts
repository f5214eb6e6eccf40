/**
 * What is drawn over the registry for the moment: the chosen record, records spread on legs, a measured line, where one is. It outlives the style: a new one begins
 * with it.
 *
 * The layers of a source that holds nothing are hidden. MapLibre cuts out the tiles of every source that is shown, full or empty, and without a graphics card the
 * four of them took a fifth of a frame.
 */
import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as LibreMap } from 'maplibre-gl'
import { visibility, type Hand } from './style'

const drawn = new Map<string, FeatureCollection>()

/** What is drawn, by source: what a style is made with. */
export const hand: Hand = drawn

/** put draws something in place of what the source had. */
export function put(map: LibreMap, source: string, collection: FeatureCollection): void {
  drawn.set(source, collection)
  const there = map.getSource(source) as GeoJSONSource | undefined
  if (!there) return // the style that is on its way has it
  there.setData(collection)
  for (const id of map.getLayersOrder()) if (map.getLayer(id)?.source === source) map.setLayoutProperty(id, 'visibility', visibility(drawn, source))
}

/** again draws all of it on a style that was made of what there was a while ago. */
export function again(map: LibreMap): void {
  for (const [source, collection] of drawn) put(map, source, collection)
}

/** forget is for a map that is no more. */
export function forget(): void {
  drawn.clear()
}
