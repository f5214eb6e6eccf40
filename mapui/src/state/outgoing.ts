/**
 * Changes on their way to the server, and the order in which they go: what belongs to one record one after the other, each failing one tried again
 * after a longer while. Pure, so that the rules can be tested without a browser.
 */
import { thenPatch, type JsonObject } from '../api/merge'
import type { RecordKind } from '../api/records'

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

/**
 * join puts a change with those that wait already. A second change of a record joins the one that waits: both go as one, on the version that the first
 * began from. A deletion takes the place of the changes before it, since nothing would be left of them.
 */
export function join(all: readonly Outgoing[], one: Outgoing): { keep: Outgoing; drop: string[] } {
  const earlier = all.filter((o) => o.user === one.user && o.record === one.record && o.method === 'PATCH')
  if (one.method === 'DELETE') return { keep: { ...one, version: earlier[0]?.version ?? one.version }, drop: earlier.map((o) => o.id) }
  const first = earlier[0]
  if (one.method !== 'PATCH' || !first) return { keep: one, drop: [] }
  return {
    keep: { ...first, revision: first.revision + 1, name: one.name, body: thenPatch(first.body ?? {}, one.body ?? {}), tries: 0, after: 0, refused: null },
    drop: earlier.slice(1).map((o) => o.id),
  }
}

/** replaces tells whether a change that arrived says all that a refused one of its record would have said, so that nothing of that is lost with it. */
export function replaces(arrived: Outgoing, refused: Outgoing): boolean {
  if (arrived.method === 'DELETE') return true
  if (arrived.method !== refused.method || arrived.path !== refused.path) return false
  // a new record mended; batches of facts and pictures share a record, and one does not stand for another
  if (arrived.method === 'POST') return !arrived.file && !arrived.path.endsWith('/access-facts')
  return covers(arrived.body, refused.body)
}

function covers(body: unknown, other: unknown): boolean {
  const plain = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
  if (!plain(other) || !plain(body)) return true
  return Object.keys(other).every((key) => key in body && covers(body[key], other[key]))
}
