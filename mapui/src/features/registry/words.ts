/** How the table writes codes, numbers and filters in the language of the page. */
import { date, money, number } from '../../i18n'
import { protectionLabel } from '../../state/protection'
import { vocabulary } from '../../state/vocabulary.svelte'
import { gradeLabel, type ColumnId, type Writing } from './columns'
import type { FilterName } from './query'
import { f } from './texts'

export const writing: Writing = {
  label: (list, code) => vocabulary.label(list, code),
  category: (code) => vocabulary.category(code),
  municipality: (id) => vocabulary.municipalities.find((m) => m.id === id)?.name ?? (id ? '' : f.outside),
  number,
  money,
  date: (text) => date(text, 'short'),
}

/** columnLabel is the heading of a column. */
export function columnLabel(id: ColumnId): string {
  return id.startsWith('verdict.') ? vocabularyProfile(id.slice(8)) : f.column[id as keyof typeof f.column]
}

/** vocabularyProfile names a profile with a capital, as a heading. */
export function vocabularyProfile(code: string): string {
  const label = vocabulary.label('access_profile', code)
  return label ? label[0]!.toLocaleUpperCase() + label.slice(1) : code
}

/** filterLabel names a filter. */
export function filterLabel(name: FilterName): string {
  const profile = /^verdict\[(.+)\]$/.exec(name)
  return profile ? f.filter.verdict(vocabulary.label('access_profile', profile[1])) : f.filter[name as Exclude<FilterName, `verdict[${string}]`>]
}

/** valueLabel names a value of a filter. */
export function valueLabel(name: FilterName, value: string): string {
  if (name.startsWith('verdict[')) return vocabulary.label('verdict', value)
  switch (name) {
    case 'kind': return f.kind[value as keyof typeof f.kind] ?? value
    case 'category': return vocabulary.category(value)
    case 'municipality': return value === 'none' ? f.outside : vocabulary.municipality(value) || value
    case 'protection': return value === 'any' ? f.protectionAny : value === 'none' ? f.protectionNone : protectionLabel(value)
    case 'grade': return value === 'any' ? f.gradeAny : value === 'none' ? f.gradeNone : gradeLabel(value, writing)
    case 'freshness': return f.freshness[value as keyof typeof f.freshness] ?? value
    case 'lifecycle': case 'publication': case 'visibility': return vocabulary.label(name, value)
    case 'inspected_from': case 'inspected_to': case 'updated_since': return date(value, 'short')
    case 'open': return value === 'now' ? f.openNow : value
    case 'free': return f.free[value as keyof typeof f.free] ?? value
    case 'verified': return value === 'true' ? f.verifiedAny : value.split(',').map((p) => vocabulary.label('access_profile', p)).join(', ')
    case 'polygon': return f.polygonText(value.length)
    default: return value
  }
}
