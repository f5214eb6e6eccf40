/**
 * Changes on their way to the server, and the order in which they go: what belongs to one record one after the other, each failing one tried again
 * after a longer while. Pure, so that the rules can be tested without a browser.
 */
import { applyPatch, mergeThree, patchOf, type JsonObject } from '../api/merge'
import { inputOf, type RecordKind } from '../api/records'

/** A change that has not reached the server yet, as it is kept in the browser. */
export interface Outgoing {
  id: string
  /** Whose it is; nobody else's session sends or shows it. */
  user: number
  /** The record it changes, such as places/12; changes of one record keep their order. A new record has a key of its own. */
  record: string
  /** The place or product whose page shows it: /ewidencja/miejsca/12. */
  page: string
  /** What the person calls it: the name of the place, and which part of it. */
  name: string
  kind: Kind
  /** When it was saved, ISO. */
  at: string
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  /** The version it changes, for If-Match. */
  version: number | null
  body: JsonObject | null
  /** What the record was before, for merging with what others changed. */
  base: JsonObject | null
  /** The change that waited or was refused whose result the form showed when this one was made: this one says all that is wanted of both. */
  over?: Seen | null
  /** Records that other changes of this browser are known to have made; none of them is what this one made. */
  not?: number[]
  /** A picture, sent with the body as its record. */
  file: File | null
  /** Counts what was joined to it, so that an answer to what was sent is not taken for one to what was joined since. */
  revision: number
  tries: number
  /** Not before this time (ms). */
  after: number
  /** Why the server refused it; it then waits for the person. */
  refused: Refusal | null
}

export type Kind = RecordKind

/** A change as it was when a form went on with it. */
export interface Seen {
  id: string
  revision: number
}

export interface Refusal {
  status: number
  message: string
  fields: { pointer?: string; parameter?: string; code: string; detail: string }[]
}

const SECOND = 1000

/** pause is how long to wait after so many failed tries: 5 s, doubled each time, at most 5 minutes. */
export function pause(tries: number): number {
  return Math.min(300 * SECOND, 5 * SECOND * 2 ** Math.max(0, tries - 1))
}

/** due are the changes to send now: of each record the first, unless it was refused or has to wait. Those of others stay. */
export function due(all: readonly Outgoing[], user: number, now: number): Outgoing[] {
  const seen = new Set<string>()
  const out: Outgoing[] = []
  for (const one of ordered(all, user)) {
    if (seen.has(one.record)) continue
    seen.add(one.record)
    if (!one.refused && one.after <= now) out.push(one)
  }
  return out
}

/** ordered are a user's changes in the order in which they were saved. */
export function ordered(all: readonly Outgoing[], user: number): Outgoing[] {
  return all.filter((one) => one.user === user).sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id))
}

/** nextTry is when the next change may go, or null when none waits for a time. */
export function nextTry(all: readonly Outgoing[], user: number, now: number): number | null {
  const seen = new Set<string>()
  let next: number | null = null
  for (const one of ordered(all, user)) {
    if (seen.has(one.record)) continue
    seen.add(one.record)
    if (!one.refused) next = Math.min(next ?? Infinity, Math.max(now, one.after))
  }
  return next
}

/** wanted is the record as it will be when a change has arrived, if nobody else changes it. */
export const wanted = (one: Pick<Outgoing, 'base' | 'body'>): JsonObject => applyPatch(one.base ?? {}, one.body ?? {})

/**
 * join puts a change with those that wait already. A second change of a record joins the one that waits: both go as one, on the version that the first
 * began from. What is joined is the record that is wanted in the end, since patches one after the other do not add up: what was put back is put back. A
 * change of a newer version, one that settled a conflict, says all by itself. A new record takes the place of the same one that was refused. A deletion
 * takes the place of the changes before it, since nothing would be left of them.
 */
export function join(all: readonly Outgoing[], one: Outgoing): { keep: Outgoing; drop: string[] } {
  const before = ordered(all, one.user).filter((o) => o.record === one.record)
  const earlier = before.filter((o) => o.method === 'PATCH')
  const instead = (first: Outgoing): Outgoing => ({ ...one, id: first.id, at: first.at, revision: first.revision + 1 })
  if (one.method === 'DELETE') return { keep: { ...one, version: earlier[0]?.version ?? one.version }, drop: earlier.map((o) => o.id) }
  if (one.method === 'POST') {
    const refused = before.find((o) => o.method === 'POST' && o.path === one.path && o.refused)
    return { keep: refused ? instead(refused) : one, drop: [] }
  }
  const first = earlier[0]
  if (!first?.base || !one.base) return { keep: one, drop: [] }
  const drop = earlier.slice(1).map((o) => o.id)
  if ((one.version ?? 0) > (first.version ?? 0)) return { keep: instead(first), drop }
  const seen = one.over?.id === first.id && one.over.revision === first.revision
  const result = seen ? wanted(one) : mergeThree(one.base, wanted(one), wanted(first)).merged
  return { keep: { ...first, revision: first.revision + 1, name: one.name, body: patchOf(first.base, result), tries: 0, after: 0, refused: null }, drop }
}

/** rest is what of a joined change is still to be sent when the change it was joined to has arrived; null when that was all. */
export function rest(sent: Outgoing, now: Outgoing, answer: JsonObject): Outgoing | null {
  if (now.method !== 'PATCH' || sent.method !== 'PATCH') return now
  const there = inputOf(now.kind, answer)
  const body = patchOf(there, mergeThree(wanted(sent), wanted(now), there).merged)
  return Object.keys(body).length > 0 ? { ...now, version: Number(answer.version), base: there, body } : null
}

/**
 * follow brings the other changes that wait up to date with one that arrived. Those of its record that changed the same version change the one it made,
 * unless somebody else's came between; patches find that out by themselves. Those that make a record of the kind did not make this one.
 */
export function follow(others: readonly Outgoing[], sent: Outgoing, answer: JsonObject): Outgoing[] {
  const out: Outgoing[] = []
  const [id, version] = [Number(answer.id), Number(answer.version)]
  const making = (one: Outgoing) => one.method === 'POST' && one.version === null
  for (const one of others) {
    if (one.user !== sent.user || one.id === sent.id) continue
    if (making(one) && making(sent) && one.path === sent.path && id > 0) out.push({ ...one, not: [...(one.not ?? []), id] })
    else if (one.method !== 'PATCH' && one.version !== null && one.version === sent.version && one.record === sent.record && version === sent.version + 1) out.push({ ...one, version })
  }
  return out
}

/** replaces tells whether a change that arrived says all that a refused one of its record would have said, so that nothing of that is lost with it. */
export function replaces(arrived: Outgoing, refused: Outgoing): boolean {
  if (arrived.method === 'DELETE' || arrived.over?.id === refused.id) return true
  if (arrived.method !== refused.method || arrived.path !== refused.path) return false
  return arrived.method === 'POST' || covers(arrived.body, refused.body)
}

function covers(body: unknown, other: unknown): boolean {
  const plain = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
  if (!plain(other) || !plain(body)) return true
  return Object.keys(other).every((key) => key in body && covers(body[key], other[key]))
}
