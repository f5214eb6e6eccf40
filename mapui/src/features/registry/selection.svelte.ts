/** What is ticked in the table, kept while one filters and sorts, until it is changed or let go. */
import { SvelteMap } from 'svelte/reactivity'
import { inLanguage } from '../../i18n'
import type { Place } from './columns'

/** The most that can be changed at once (the API's own limit). */
export const MOST = 500

export interface Chosen {
  id: number
  version: number
  name: string
}

class Selection {
  readonly places = new SvelteMap<number, Chosen>()
  size = $derived(this.places.size)
  full = $derived(this.places.size >= MOST)

  set(place: Place, on: boolean): void {
    if (!on) this.places.delete(place.id)
    else if (this.places.size < MOST || this.places.has(place.id)) this.places.set(place.id, { id: place.id, version: place.version ?? 0, name: inLanguage(place.name) || String(place.id) })
  }

  setAll(places: readonly Place[], on: boolean): void {
    for (const place of places) this.set(place, on)
  }

  /** Takes the newer versions of what is ticked from a list just loaded. */
  refresh(places: readonly Place[]): void {
    for (const place of places) if (this.places.has(place.id) && this.places.get(place.id)!.version !== place.version) this.set(place, true)
  }

  clear(): void {
    this.places.clear()
  }
}

export const selection = new Selection()
