/** How the planning workspace writes codes and values in the language of the page. */
import { money, number } from '../../i18n'
import type { Schemas } from '../../api/client'
import { protectionLabel } from '../../state/protection'
import { vocabulary } from '../../state/vocabulary.svelte'
import type { Form, Group } from './layers'
import type { Loaded } from './planning.svelte'
import { f } from './texts'

const capital = (text: string) => (text ? text[0]!.toLocaleUpperCase() + text.slice(1) : text)

export const formLabel = (form: Form | string) => capital(protectionLabel(form))

export const profileLabel = (code: string) => vocabulary.label('access_profile', code)

export function groupLabel(group: Group): string {
  switch (group.kind) {
    case 'grade': return f.group.grade[group.code as keyof typeof f.group.grade]
    case 'verdict': return f.group.verdict[group.code as keyof typeof f.group.verdict]
    case 'form': return formLabel(group.code)
    default: return f.group[group.kind]
  }
}

/** orderText says in which order the places of a group stand, which depends on whether all are at hand. */
export function orderText(group: Group, list: Loaded | undefined): string {
  if (!list?.whole || group.kind === 'verdict') return f.sorted[group.sort]
  return group.kind === 'never' || group.kind === 'form' ? f.sorted[group.kind] : f.sorted.whole
}

/** valueText writes a value of an indicator with its unit. */
export function valueText(value: number, unit: Schemas['Indicator']['unit']): string {
  switch (unit) {
    case '%': return `${number(value, 1)}%`
    case 'PLN': return money(value)
    case 'grade': return number(value, 1)
    case '1/1000': return number(value, 2)
    default: return number(value, 0)
  }
}
