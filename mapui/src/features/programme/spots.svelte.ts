/** The map beside these pages: it shows proposals in place of the registry's signs, and is given back as it was. */
import { untrack } from 'svelte'
import { mapHandle, type Box, type Marked } from '../../map/handle.svelte'
import { palettes } from '../../map/palette'
import { router } from '../../state/router.svelte'
import { settings } from '../../state/settings.svelte'
import { spotsOverlay, type Spot } from './overlay'

/** Keeps the map to proposals while the page is there. Call it as a component begins; `spots` is read again whenever it changes. */
export function showSpots(spots: () => readonly Spot[], press: (id: number) => void, municipality: (code: string) => void): void {
  let pressedAt = 0
  $effect(() => {
    const before = untrack(() => ({ places: mapHandle.show.places, products: mapHandle.show.products }))
    mapHandle.show.places = false
    mapHandle.show.products = false
    const free = mapHandle.onPick((picked) => {
      const code = picked.code
      // a press on a proposal is heard by the outline under it, too
      if (picked.kind === 'municipality' && code) setTimeout(() => Date.now() - pressedAt > 100 && municipality(code))
    })
    return () => {
      free()
      mapHandle.show.places = before.places
      mapHandle.show.products = before.products
      mapHandle.marked = []
    }
  })
  // an answer that says the same again, as a look at a run does, draws nothing anew
  const written = $derived(JSON.stringify(spots()))
  $effect(() => {
    const drawn = JSON.parse(written) as Spot[]
    const palette = palettes[settings.theme]
    return untrack(() => mapHandle.addOverlay(spotsOverlay(drawn, palette, (id) => {
      if (mapHandle.claim) return
      pressedAt = Date.now()
      press(id)
    })))
  })
}

/** mark shows where one is; nothing takes the sign away. */
export function mark(of: { position: readonly number[]; title: string } | null): void {
  const [lon, lat] = of?.position ?? []
  mapHandle.marked = of && lon !== undefined && lat !== undefined ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { name: of.title, facet: 'infrastructure', category: '' } } satisfies Marked] : []
}

/** frame shows all spots at first, unless the address said what to show. */
export function frame(spots: readonly Spot[]): void {
  if (router.framed || spots.length === 0) return
  const lon = spots.map((s) => s.position[0])
  const lat = spots.map((s) => s.position[1])
  mapHandle.fit([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)] satisfies Box, { maxZoom: 13, animate: false })
}
