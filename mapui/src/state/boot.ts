/** What the server says with the page: who is signed in, which basemap there is. */
export interface SignedIn {
  id: number
  name: string
  roles: { role: Role; municipality?: string }[]
}

export type Role = 'viewer' | 'contributor' | 'heritage_officer' | 'planner' | 'admin'

export interface Boot {
  lang: 'pl' | 'en'
  user: SignedIn | null
  basemap: { kind: 'schematic' } | { kind: 'pmtiles'; url: string; tiles: 'vector' | 'raster' }
  online: { url: string; attribution: string } | null
  version: string
}

function read(): Boot {
  const none: Boot = { lang: 'pl', user: null, basemap: { kind: 'schematic' }, online: null, version: '' }
  if (typeof document === 'undefined') return none
  const block = document.getElementById('wolnica')
  return block?.textContent ? { ...none, ...(JSON.parse(block.textContent) as Partial<Boot>) } : none
}

export const boot = read()
