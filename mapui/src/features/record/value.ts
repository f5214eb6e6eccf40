/** Values of facts in words. Pure. */
import { inLanguage, number } from '../../i18n'
import type { Schemas } from '../../api/client'

export type Attribute = Schemas['AccessAttribute']

/** What codes are called: label('ramp', 'removable'). */
export type Label = (list: string, code: string) => string

export interface ValueWords {
  yes: string
  no: string
  notApplicable: string
}

/** factValue writes the value of a fact with its unit: "85 cm", "tak", "równa". The choices of an attribute are the code list of its name. */
export function factValue(fact: { attribute: string; state?: string; value?: unknown; unit?: string }, attribute: Attribute | undefined, label: Label, words: ValueWords): string {
  if (fact.state === 'not_applicable') return words.notApplicable
  const { value } = fact
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'number') {
    const unit = fact.unit || attribute?.unit || ''
    return number(value, 2) + (unit ? '\u00a0' + unit : '')
  }
  const choice = (code: unknown) => label(fact.attribute, String(code))
  if (Array.isArray(value)) return value.map(choice).join(', ')
  if (typeof value === 'string') return attribute?.type === 'text' ? value : choice(value)
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** attributeLabel is what an attribute is called, its code where it is not known. */
export const attributeLabel = (attribute: Attribute | undefined, code: string) => (attribute ? inLanguage(attribute.label) : code)

/** webAddress is the text when it is an address of the web, '' otherwise: nothing else becomes a link. */
export function webAddress(text: string | undefined | null): string {
  if (!text) return ''
  try {
    const url = new URL(text)
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.host ? text : ''
  } catch {
    return ''
  }
}
