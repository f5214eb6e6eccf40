/** What a reviewer has chosen for the items of a report, and what of it is sent. */
import type { Schemas } from '../../api/client'
import { isPoint, pointOf, positionText, readFact, typedFact, type Attribute, type Typed } from './values'

export type Report = Schemas['Report']
export type Item = Schemas['ReportItem']

export interface Choice {
  what: 'accept' | 'correct' | 'reject'
  /** The corrected value as it is typed. */
  typed: Typed
  observedOn: string
  method: string
}
export type Choices = ReadonlyMap<number, Choice>

export const openItems = (report: Report) => report.items.filter((item) => item.state === 'open')

/** startOf is what a correction begins with: the proposed value. */
export function startOf(item: Item): Pick<Choice, 'typed' | 'observedOn' | 'method'> {
  const typed = item.kind === 'fact' ? typedFact(item.value) : isPoint(item.proposed) ? positionText(item.proposed.coordinates as [number, number]) : typeof item.proposed === 'string' ? item.proposed : ''
  return { typed, observedOn: item.observed_on ?? '', method: '' }
}

/** Why a correction cannot be sent: the kind of the message. */
export type Wrong = 'position' | 'value'

export interface Reading {
  items: Schemas['ItemDecision'][]
  wrong: Map<number, Wrong>
}

/** decisionsOf reads the choices as the server takes them. */
export function decisionsOf(report: Report, choices: Choices, attributeOf: (code: string) => Attribute | undefined): Reading {
  const items: Schemas['ItemDecision'][] = []
  const wrong = new Map<number, Wrong>()
  for (const item of openItems(report)) {
    const choice = choices.get(item.id)
    if (!choice) continue
    if (choice.what !== 'correct' || item.kind === 'message') {
      items.push({ id: item.id, decision: choice.what === 'reject' ? 'reject' : 'accept' })
      continue
    }
    if (item.kind === 'field') {
      const text = typeof choice.typed === 'string' ? choice.typed.trim() : ''
      if (item.field === '/geometry') {
        const point = pointOf(text)
        if (point) items.push({ id: item.id, decision: 'accept', value: point })
        else wrong.set(item.id, 'position')
      } else items.push({ id: item.id, decision: 'accept', value: text || null })
      continue
    }
    const known = item.fact_state !== 'not_applicable'
    const value = known ? readFact(attributeOf(item.attribute ?? ''), choice.typed) : undefined
    if (known && value === undefined) {
      wrong.set(item.id, 'value')
      continue
    }
    items.push({
      id: item.id, decision: 'accept',
      ...(value === undefined ? {} : { value }),
      ...(choice.observedOn && choice.observedOn !== item.observed_on ? { observed_on: choice.observedOn } : {}),
      ...(choice.method ? { method: choice.method as Schemas['ItemDecision']['method'] } : {}),
    })
  }
  return { items, wrong }
}

/** acceptsField tells whether a change of the record is among the decisions: then the server wants the version it was compared with. */
export const acceptsField = (report: Report, decided: Schemas['ItemDecision'][]) => decided.some((d) => d.decision === 'accept' && report.items.some((i) => i.id === d.id && i.kind === 'field'))

/** carry takes the choices over to the report as it is now: those of items that are still open stay. It names the items that somebody else decided, and those whose current value is another than before. */
export function carry(choices: Choices, before: Report, now: Report): { choices: Map<number, Choice>; dropped: number[]; changed: number[] } {
  const open = new Map(openItems(now).map((item) => [item.id, item]))
  const kept = new Map([...choices].filter(([id]) => open.has(id)))
  const changed = before.items.filter((item) => {
    const then = open.get(item.id)
    return then !== undefined && (JSON.stringify(item.current) !== JSON.stringify(then.current) || JSON.stringify(facts(item)) !== JSON.stringify(facts(then)))
  })
  return { choices: kept, dropped: [...choices.keys()].filter((id) => !open.has(id)), changed: changed.map((item) => item.id) }
}

const facts = (item: Item) => (item.current_facts ?? []).map((fact) => [fact.id, fact.version])

/** chooseAll makes the same decision for all items that may have it. */
export function chooseAll(report: Report, what: 'accept' | 'reject', allowed: (item: Item) => boolean): Map<number, Choice> {
  return new Map(openItems(report).filter((item) => what === 'reject' || allowed(item)).map((item) => [item.id, { what, ...startOf(item) }]))
}
