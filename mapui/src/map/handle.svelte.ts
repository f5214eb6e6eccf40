/**
 * The map as the rest of the program sees it: what it shows is said here, and what is pointed at is heard here. Everything works, and waits, without a
 * map: in a browser that cannot draw one, or while it loads.
 */
import type { Map as LibreMap } from 'maplibre-gl'
import type { Feature, Geometry } from 'geojson'
import type { Mode } from './style'

export type Box = [west: number, south: number, east: number, north: number]

/** A record pointed at on the map. */
export interface Picked {
  kind: 'place' | 'product' | 'municipality'
  id: number
  name: string
  /** TERYT, of a municipality. */
  code?: string
  position: [number, number]
}

/** What is drawn as chosen: pins with names, lines, numbered stops. One with the id of its record (of a place, unless kind says product) answers clicks. */
export type Marked = Feature<Geometry, { id?: number; kind?: 'place' | 'product'; /** The record (a place, unless `kind` says otherwise) whose name the mark tells: the map does not tell it once more. */ record?: number; name?: string; facet?: string; category?: string; badge?: string; stop?: boolean; number?: string; colour?: string }>

/** Something a workspace draws between the outlines and the signs. The paint may use anything but colours of its own: they come from the palette. */
export interface Overlay {
  id: string
  add: (map: LibreMap, before: string) => void
  remove: (map: LibreMap) => void
}

/** Who wants the next clicks for itself, such as drawing and measuring; Enter gives the middle of the map. */
export interface Claim {
  click: (position: [number, number]) => void
  key?: (event: KeyboardEvent) => boolean
  cursor?: string
}

class MapHandle {
  /** What of the world the map shows; null before there is one. */
  box = $state.raw<Box | null>(null)
  center = $state.raw<[number, number] | null>(null)
  zoom = $state(0)
  state = $state<'loading' | 'ready' | 'none'>('loading')
  mode = $state<Mode>('facet')
  show = $state({ places: true, products: true, shapes: true })
  /** The one thing chosen, drawn with a ring and its name. */
  marked = $state.raw<Marked[]>([])
  overlays = $state.raw<Overlay[]>([])
  claim = $state.raw<Claim | null>(null)
  /** The record under the pointer, for its name beside it. */
  hovered = $state.raw<(Picked & { x: number; y: number }) | null>(null)
  /** Several records at one point, to choose from. */
  choices = $state.raw<Picked[]>([])
  #map: LibreMap | null = null
  #resolve: (map: LibreMap) => void = () => undefined
  /** The map itself, for overlays and drawing; it resolves when there is one. */
  readonly ready = new Promise<LibreMap>((resolve) => (this.#resolve = resolve))
  #pick: ((picked: Picked) => void)[] = []

  get map(): LibreMap | null {
    return this.#map
  }

  opened(map: LibreMap): void {
    this.#map = map
    this.state = 'ready'
    if (window.wolnica) window.wolnica.map = map
    this.#resolve(map)
  }

  /** Hears of what is pointed at; the last to ask hears it alone. The function it returns ends it. */
  onPick(hear: (picked: Picked) => void): () => void {
    this.#pick.push(hear)
    return () => {
      this.#pick = this.#pick.filter((h) => h !== hear)
    }
  }

  picked(what: Picked): void {
    this.#pick.at(-1)?.(what)
  }

  /** Shows a box, or flies to a point; without animation for those who asked for none. */
  fit(box: Box, options: { maxZoom?: number; animate?: boolean } = {}): void {
    void this.ready.then((map) => {
      map.fitBounds(box, { padding: 48, maxZoom: options.maxZoom ?? 15, animate: options.animate !== false && !still() })
    })
  }

  fly(position: [number, number], zoom?: number): void {
    void this.ready.then((map) => {
      const to = { center: position, zoom: zoom ?? Math.max(map.getZoom(), 14) }
      if (still()) map.jumpTo(to)
      else map.easeTo({ ...to, duration: 500 })
    })
  }

  /** Brings a point into view without moving more than it must. */
  reveal(position: [number, number]): void {
    void this.ready.then((map) => {
      if (!map.getBounds().contains(position)) this.fly(position)
    })
  }

  addOverlay(overlay: Overlay): () => void {
    this.overlays = [...this.overlays.filter((o) => o.id !== overlay.id), overlay]
    return () => {
      this.overlays = this.overlays.filter((o) => o !== overlay)
    }
  }
}

/** still tells whether the person asked for no motion. */
export const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches

export const mapHandle = new MapHandle()

/** mapView loads the map itself, which is much of the program: asked for early it is there when it has a place. */
export const mapView = () => import('./MapView.svelte')
