/** Values of facts and fields, as they are read and as they are typed. */
import type { Point } from 'geojson'
import type { Schemas } from '../../api/client'
import { readPosition } from '../../map/coordinates'

export type Attribute = Schemas['AccessAttribute']
type Words = { yes: string; no: string; unknown: string }
type Label = (list: string, code: string) => string
type Written = (n: number, decimals?: number) => string

/** factValue writes the value of a fact in words; an absent one is unknown. Codes are labelled by the list that has the attribute's name. */
export function factValue(attribute: Pick<Attribute, 'code' | 'unit'> | undefined, value: unknown, words: Words, label: Label, number: Written): string {
  if (value === undefined || value === null) return words.unknown
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'number') return number(value, 3) + (attribute?.unit ? ' ' + attribute.unit : '')
  if (Array.isArray(value)) return value.map((v) => (attribute ? label(attribute.code, String(v)) : String(v))).join(', ')
  return attribute ? label(attribute.code, String(value)) : String(value)
}

/** What was typed for a value: a list for a set, text for all others. */
export type Typed = string | string[]

/** typedFact is the value of a fact as the form holds it. */
export function typedFact(value: unknown): Typed {
  if (Array.isArray(value)) return value.map(String)
  return value === undefined || value === null ? '' : String(value)
}

/** readFact reads what was typed as the attribute wants it; undefined when it cannot be. A comma is a decimal point, too. */
export function readFact(attribute: Pick<Attribute, 'type'> | undefined, typed: Typed): unknown {
  if (Array.isArray(typed)) return typed.length > 0 ? typed : undefined
  const text = typed.trim()
  if (!text) return undefined
  switch (attribute?.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'number':
    case 'integer': {
      const n = Number(text.replace(',', '.').replace(/\s/g, ''))
      return Number.isFinite(n) && (attribute.type === 'number' || Number.isInteger(n)) ? n : undefined
    }
    case 'set':
      return [text]
    default:
      return text
  }
}

/** positionText writes a point as people do, latitude first. */
export const positionText = ([lon, lat]: readonly [number, number]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`

/** pointOf reads a position as people write them; null when it is none on Earth. */
export function pointOf(text: string): Point | null {
  const read = readPosition(text)
  return read && { type: 'Point', coordinates: read.position }
}

/** isPoint tells a GeoJSON point from everything else. */
export function isPoint(value: unknown): value is Point {
  return typeof value === 'object' && value !== null && (value as Point).type === 'Point' && Array.isArray((value as Point).coordinates)
}
