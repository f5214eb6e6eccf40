/** The table of what can be known about access, as the forms need it; and the values of facts as they are typed. */
import { api, ask, type Schemas } from '../../api/client'
import type { Json } from '../../api/merge'
import { inLanguage, number, t } from '../../i18n'
import { f } from './texts'

export interface Attribute {
  code: string
  link: string
  /** All links at which it makes sense. */
  links: string[]
  type: 'number' | 'integer' | 'boolean' | 'enum' | 'set' | 'text'
  unit: string
  values: { code: string; label: string }[]
  min: number | null
  max: number | null
  label: string
  help: string
}

export interface AttributeTable {
  links: { code: string; label: string }[]
  all: Attribute[]
  of: Map<string, Attribute>
}

let loading: Promise<AttributeTable> | null = null

/** attributeTable is read once. */
export function attributeTable(): Promise<AttributeTable> {
  loading ??= read().catch((cause: unknown) => {
    loading = null
    throw cause
  })
  return loading
}

async function read(): Promise<AttributeTable> {
  const [table, lists] = await Promise.all([ask(api.GET('/api/v1/access/attributes')), ask(api.GET('/api/v1/vocabularies'))])
  const links = new Map((lists.access_attributes as { code: string; links: string[] }[]).map((a) => [a.code, a.links]))
  const all = table.attributes.map((a: Schemas['AccessAttributeInfo']): Attribute => ({
    code: a.code, link: a.link, links: links.get(a.code) ?? [a.link], type: a.type as Attribute['type'], unit: a.unit ?? '', min: a.min ?? null, max: a.max ?? null, label: inLanguage(a.label), help: inLanguage(a.help),
    values: (a.values ?? []).map((v) => ({ code: v.code, label: inLanguage(v.label) })),
  }))
  return { links: table.links.map((l) => ({ code: l.code, label: inLanguage(l.label) })), all, of: new Map(all.map((a) => [a.code, a])) }
}

/** rangeOf writes the bounds of a number with its unit. */
export function rangeOf(a: Pick<Attribute, 'min' | 'max' | 'unit'>): string {
  const end = (n: number | null) => (n === null ? '…' : number(n, 3))
  return a.min === null && a.max === null ? a.unit : `${f.facts.range(end(a.min), end(a.max))}${a.unit ? ' ' + a.unit : ''}`
}

/** readValue turns what was typed or chosen into a value, or says what is wrong with it, as the server would. */
export function readValue(a: Pick<Attribute, 'type' | 'min' | 'max' | 'unit'>, typed: string | string[]): { value: Json | undefined; wrong: string } {
  if (Array.isArray(typed)) return { value: typed.length > 0 ? typed : undefined, wrong: '' }
  const text = typed.trim()
  if (!text) return { value: undefined, wrong: '' }
  switch (a.type) {
    case 'number':
    case 'integer': {
      const clean = text.replace(/[\s  ]/g, '').replace(',', '.')
      const n = /^-?\d+(\.\d+)?$/.test(clean) ? Number(clean) : Number.NaN
      if (!Number.isFinite(n) || (a.type === 'integer' && !Number.isInteger(n))) return { value: text, wrong: f.facts.number }
      const outside = (a.min !== null && n < a.min) || (a.max !== null && n > a.max)
      return { value: n, wrong: outside ? f.facts.outside(rangeOf(a)) : '' }
    }
    case 'boolean':
      return { value: text === 'true', wrong: '' }
    case 'set':
      return { value: text.split(' '), wrong: '' }
    default:
      return { value: text, wrong: '' }
  }
}

/** valueText writes the value of a fact for reading. */
export function valueText(a: Attribute | undefined, value: Json | undefined): string {
  if (value === undefined || value === null) return t.common.unknown
  const label = (code: Json) => a?.values.find((v) => v.code === code)?.label ?? String(code)
  if (typeof value === 'boolean') return value ? t.common.yes : t.common.no
  if (typeof value === 'number') return `${number(value, 3)}${a?.unit ? ' ' + a.unit : ''}`
  if (Array.isArray(value)) return value.map(label).join(', ')
  return typeof value === 'string' ? label(value) : JSON.stringify(value)
}

/** typedOf is a value as a form field holds it. */
export function typedOf(value: Json | undefined): string | string[] {
  if (Array.isArray(value)) return value.map(String)
  return value === undefined || value === null ? '' : typeof value === 'number' ? String(value).replace('.', ',') : String(value)
}

/** partOf takes a part apart: entrance#2 is the second entrance. */
export function partOf(part: string | undefined): { link: string; number: number } {
  const [link = '', n] = (part ?? '').split('#')
  return { link, number: n ? Number(n) : 1 }
}

export const partCode = (link: string, n: number) => (n > 1 ? `${link}#${n}` : link)
