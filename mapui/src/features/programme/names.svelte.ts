/** The titles of proposals that other records name by their numbers, asked for when they are not known yet. */
import { SvelteMap } from 'svelte/reactivity'
import { api, ask } from '../../api/client'
import { f } from './texts'
import { titleOf, type Proposal } from './words'

const known = new SvelteMap<number, string>()
const asked = new Set<number>()

export function learn(all: readonly Pick<Proposal, 'id' | 'title'>[]): void {
  for (const p of all) known.set(p.id, titleOf(p))
}

/** nameOf is the title of a proposal, or its number until that is known. */
export function nameOf(id: number): string {
  return known.get(id) ?? f.numbered(id)
}

/** want asks for titles that are not known; what cannot be read keeps its number. */
export function want(ids: readonly number[]): void {
  for (const id of ids) {
    if (known.has(id) || asked.has(id)) continue
    asked.add(id)
    void ask(api.GET('/api/v1/planning/proposals/{id}', { params: { path: { id } } })).then((p) => learn([p]), () => undefined)
  }
}
