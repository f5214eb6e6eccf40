/** What a report of a change asks, and the request it becomes. Pure. */
import type { Attribute } from './value'
import type { Typed } from './draft'

/** A field of a record that anybody may propose to change. */
export interface ReportField {
  /** Its name in the form and the pointer of the change: name, address/street, geometry/lon. */
  name: string
  /** What the record says now. */
  now: string
  type: 'text' | 'area' | 'url' | 'number' | 'choice' | 'check'
  /** What a checked box says. */
  checked?: string
  maxLength?: number
}

/** The questions that visitors can answer best and that decide most, by link of the chain. */
export const ASKED: readonly (readonly [part: string, attribute: string])[] = [
  ['arrival', 'parking_disabled'],
  ['path', 'smoothness'],
  ['entrance', 'steps'],
  ['entrance', 'step_height'],
  ['entrance', 'ramp'],
  ['entrance', 'door_width'],
  ['inside', 'stepfree_inside'],
  ['toilet', 'toilet_wheelchair'],
  ['toilet', 'baby_changing'],
  ['services', 'assistance_dog'],
]

/** The parts of a place one may answer about, in the order of the chain. */
export const PARTS = ['arrival', 'path', 'entrance', 'inside', 'toilet', 'services'] as const

export interface Question {
  part: string
  attribute: Attribute
}

export const factKey = (part: string, attribute: string) => `${part} ${attribute}`

/** questions are those to ask: a handful first, or all that each link knows. Of a product they are about a segment, asked as about a path. */
export function questions(attributes: ReadonlyMap<string, Attribute>, all: boolean, segment = ''): Question[] {
  const out: Question[] = []
  if (segment) {
    const few = ['smoothness', 'path_min_width', 'incline_max', 'steps']
    for (const a of attributes.values()) if (a.links.includes('path') && (all || few.includes(a.code))) out.push({ part: segment, attribute: a })
    return out
  }
  if (!all) {
    for (const [part, code] of ASKED) {
      const attribute = attributes.get(code)
      if (attribute?.links.includes(part)) out.push({ part, attribute })
    }
    return out
  }
  for (const part of PARTS) for (const a of attributes.values()) if (a.links.includes(part)) out.push({ part, attribute: a })
  return out
}

/** numberOf reads a number as people write it, with a comma or a point; NaN for what is none. */
export const numberOf = (text: string) => (/^[-+]?\d+([.,]\d+)?$/.test(text.trim().replaceAll(/\s/g, '')) ? Number(text.trim().replaceAll(/\s/g, '').replace(',', '.')) : Number.NaN)

/** valueFrom is the value that the text of a form means; undefined for one that means none. What is no number stays text, and the server says so. */
export function valueFrom(text: string, attribute: Attribute): unknown {
  const said = text.trim()
  if (!said) return undefined
  switch (attribute.type) {
    case 'boolean':
      return said === 'true'
    case 'number':
    case 'integer': {
      const n = numberOf(said)
      return Number.isNaN(n) ? said : n
    }
    case 'set':
      return said.split(',').filter(Boolean)
    default:
      return said
  }
}

export interface ReportFact {
  part?: string
  attribute: string
  value: unknown
  unit: string
  observed_on: string | null
}

export interface ReportBody {
  message?: string
  changes?: Record<string, unknown>
  facts?: ReportFact[]
  record_version?: number
  lang: 'pl' | 'en'
}

/**
 * bodyOf is the request for what was typed: only what is said, and of fields only what differs from the record. A position needs both numbers.
 * order gives the key of each fact in the request's order, so that an answer about /facts/2 finds its field.
 */
export function bodyOf(typed: Typed, fields: readonly ReportField[], attributes: ReadonlyMap<string, Attribute>, lang: 'pl' | 'en', version: number | undefined): { body: ReportBody; order: string[] } {
  const body: ReportBody = { lang }
  if (version) body.record_version = version
  if (typed.message.trim()) body.message = typed.message.trim()
  const changes: Record<string, unknown> = {}
  const group = (name: string) => (changes[name] ??= {}) as Record<string, unknown>
  for (const field of fields) {
    const said = typed.fields[field.name]
    if (said === undefined || said.trim() === field.now || field.name.startsWith('geometry/')) continue
    if (field.type === 'check') {
      if (said) changes[field.name] = field.checked
      continue
    }
    const [outer = '', inner] = field.name.split('/')
    if (inner) group(outer)[inner] = said.trim() || null
    else changes[outer] = said.trim() || null
  }
  const lon = typed.fields['geometry/lon']?.trim() ?? ''
  const lat = typed.fields['geometry/lat']?.trim() ?? ''
  if (lon || lat) {
    const number = (text: string) => (Number.isNaN(numberOf(text)) ? text : numberOf(text))
    changes.geometry = { type: 'Point', coordinates: [number(lon), number(lat)] }
  }
  if (Object.keys(changes).length > 0) body.changes = changes
  const order: string[] = []
  const facts: ReportFact[] = []
  for (const [key, text] of Object.entries(typed.facts)) {
    const [part = '', code = ''] = key.split(' ')
    const attribute = attributes.get(code)
    const value = attribute && valueFrom(text, attribute)
    if (!attribute || value === undefined) continue
    order.push(key)
    facts.push({ part, attribute: code, value, unit: attribute.unit ?? '', observed_on: typed.observedOn || null })
  }
  if (facts.length > 0) body.facts = facts
  return { body, order }
}

/** fieldOf is the part of the form that a pointer of the answer speaks of: "message", a field's name, "fact:entrance steps"; '' for none. */
export function fieldOf(pointer: string, fields: readonly ReportField[], order: readonly string[]): string {
  const steps = pointer.split('/').slice(1)
  switch (steps[0]) {
    case 'message':
      return 'message'
    case 'facts':
      return steps[2] === 'observed_on' ? 'observed' : order[Number(steps[1])] ? `fact:${order[Number(steps[1])]}` : ''
    case 'changes': {
      if (steps[1] === 'geometry') return steps.at(-1) === '1' ? 'geometry/lat' : 'geometry/lon'
      const path = steps.slice(1).join('/')
      return fields.find((f) => f.name === path)?.name ?? fields.find((f) => f.name.split('/')[0] === steps[1])?.name ?? ''
    }
    default:
      return ''
  }
}
