/** What the server says with the page: who is signed in, which basemap there is, and the list that the page shows already. */
import type { Schemas } from '../api/client'
import type { Box } from '../map/handle.svelte'

export interface SignedIn {
  id: number
  name: string
  /** Roles, each in a municipality or, where that is null, everywhere. */
  roles: { role: Role; municipality: number | null }[]
}

export type Role = 'viewer' | 'contributor' | 'heritage_officer' | 'planner' | 'admin'

export interface Boot {
  lang: 'pl' | 'en'
  user: SignedIn | null
  /** What this browser remembers of the visitor's needs, under the names of the address, when the address says nothing of them. */
  needs: { profile: string[]; width_cm?: number; step_cm?: number; slope_percent?: number } | null
  basemap: { kind: 'schematic' } | { kind: 'pmtiles'; url: string; tiles: 'vector' | 'raster' }
  online: { url: string; attribution: string } | null
  version: string
  /** What the map shows at first, absent where the registry is empty. */
  bounds?: Box
  /** The first page of the list of places, from the middle of that, with the parameters it answers; where the page shows one. */
  first?: { params: string; places: Schemas['MapList'] }
}

function read(): Boot {
  const none: Boot = { lang: 'pl', user: null, needs: null, basemap: { kind: 'schematic' }, online: null, version: '' }
  if (typeof document === 'undefined') return none
  const block = document.getElementById('wolnica')
  return block?.textContent ? { ...none, ...(JSON.parse(block.textContent) as Partial<Boot>) } : none
}

export const boot = read()
