/** What codes of records are called, in words of the page: over the vocabulary, which has to be loaded (`vocabulary.loadLists()`). */
import { vocabulary } from '../../state/vocabulary.svelte'
import { partNumber } from './chain'
import { r } from './texts'
import { attributeLabel, factValue } from './value'

export const capital = (text: string) => (text ? text[0]!.toLocaleUpperCase() + text.slice(1) : '')

/** partName names a link or part of a place: "Wejście", "Wejście 2"; of a product "Odcinek 3"; the whole place where it is none. */
export function partName(link: string, part = ''): string {
  const n = partNumber(part)
  if (part.startsWith('segment')) return r.segment(n || 1)
  const name = r.link[link as keyof typeof r.link]
  if (!name) return r.whole
  return n > 1 ? r.partNumber(name, n) : name
}

/** linkOf is the link of a part: of entrance#2 entrance. */
export const linkOf = (part: string | undefined) => (part ?? '').split('#')[0] ?? ''

export const labelOf = (attribute: string) => attributeLabel(vocabulary.attributes.get(attribute), attribute)

export const valueOf = (fact: { attribute: string; state?: string; value?: unknown; unit?: string }) =>
  factValue(fact, vocabulary.attributes.get(fact.attribute), (list, code) => vocabulary.label(list, code), { yes: r.yes, no: r.no, notApplicable: r.notApplicable })

export const methodOf = (method: string | undefined) => vocabulary.label('method', method)

export const labelled = (list: string, code: string | undefined | null) => capital(vocabulary.label(list, code))
