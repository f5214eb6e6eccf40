/** A record being edited: what it was, what is typed, what the server says of it. */
import { ApiError, type FieldProblem } from '../../api/client'
import { at, changes, mergeThree, patchOf, put, tidy, type Change, type Conflict, type Json, type JsonObject } from '../../api/merge'
import { collection, inputOf, type RecordKind } from '../../api/records'
import { api, ask } from '../../api/client'
import { outbox, type Outgoing } from '../../state/outbox.svelte'
import { wanted, type Seen } from '../../state/outgoing'

/** What a version that came in between means for what was typed. */
export interface Clash {
  version: number
  theirs: JsonObject
  merged: JsonObject
  conflicts: Conflict[]
  taken: Change[]
}

export type Outcome = 'saved' | 'kept' | 'refused' | 'clash'

export class Draft {
  /** 0 is a record that is not there yet. */
  id = $state(0)
  version = $state(0)
  base = $state.raw<JsonObject>({})
  data = $state.raw<JsonObject>({})
  problems = $state.raw<FieldProblem[]>([])
  /** Why the server refused it, where that is not about a field. */
  refusal = $state('')
  saving = $state(false)
  clash = $state.raw<Clash | null>(null)
  /** The record was deleted meanwhile. */
  gone = $state(false)
  /** The change that waits or was refused, of which what is typed is the continuation. */
  over = $state.raw<Seen | null>(null)
  /** What was typed, as the server would write it. */
  readonly tidied = $derived(tidy(this.data))
  readonly changes = $derived(changes(this.base, this.tidied))
  readonly dirty = $derived(this.changes.length > 0)

  constructor(readonly kind: RecordKind) {}

  /** A record as the server has it. */
  load(answer: JsonObject): void {
    this.id = Number(answer.id)
    this.version = Number(answer.version)
    this.base = inputOf(this.kind, answer)
    this.over = null
    this.reset()
  }

  /** A record as the server has it now: what was typed since stays. */
  take(answer: JsonObject): void {
    const typed = this.changes
    this.load(answer)
    for (const c of typed) this.set(c.pointer, c.after)
  }

  /** A new record, with what it begins from. */
  begin(first: JsonObject): void {
    this.id = 0
    this.version = 0
    this.base = {}
    this.data = first
    this.over = null
    this.clear()
  }

  /** Goes on with a change that waits, which goes by itself, or was refused, which does not; what was typed since it was saved stays. */
  resume(one: Outgoing): void {
    const typed = this.changes
    const result = wanted(one)
    this.base = one.refused ? (one.base ?? {}) : result
    this.version = one.version ?? 0
    this.data = result
    for (const c of typed) this.data = put(this.data, c.pointer, c.after)
    this.over = { id: one.id, revision: one.revision }
    this.problems = one.refused?.fields ?? []
    this.refusal = one.refused && one.refused.fields.length === 0 && one.refused.status !== 412 ? one.refused.message : ''
  }

  reset(): void {
    this.data = this.base
    this.clear()
  }

  clear(): void {
    this.problems = []
    this.refusal = ''
    this.clash = null
    this.gone = false
  }

  get(pointer: string): Json | undefined {
    return at(this.data, pointer)
  }

  set(pointer: string, value: Json | undefined): void {
    this.data = put(this.data, pointer, value)
    if (this.problems.some((p) => within(p.pointer, pointer))) this.problems = this.problems.filter((p) => !within(p.pointer, pointer))
  }

  /** The problems of a field and of what is in it. */
  of(pointer: string): FieldProblem[] {
    return this.problems.filter((p) => within(p.pointer, pointer))
  }

  /** Sends what changed. The answer comes to `answered`, at once or after the connection came back. */
  async save(of: { record: string; page: string; name: string; file?: File | null }, answered: (answer: JsonObject) => void, progress?: (share: number) => void): Promise<Outcome> {
    if (this.saving) return 'refused'
    this.saving = true
    this.problems = []
    this.refusal = ''
    // what is typed while it is on its way is not in it
    const sending = this.tidied
    try {
      const change = this.id > 0
        ? { method: 'PATCH' as const, path: `${collection[this.kind]}/${this.id}`, version: this.version, body: patchOf(this.base, sending), base: this.base }
        : { method: 'POST' as const, path: collection[this.kind], version: null, body: sending, base: null }
      const sent = await outbox.send({ ...of, ...change, kind: this.kind, over: this.over }, progress)
      if (sent.kept) {
        // what waits is the base of what is typed from now on; the outbox joins both
        if (this.id > 0) this.base = sending
        this.over = null
        return 'kept'
      }
      this.base = sending
      answered(sent.answer)
      return 'saved'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      if (cause.status === 412 && this.id > 0) return (await this.compare()) ? 'clash' : 'refused'
      this.problems = cause.fields
      if (cause.fields.length === 0) this.refusal = cause.message
      return 'refused'
    } finally {
      this.saving = false
    }
  }

  /** Fetches the version that came in between and lays it beside what was typed. */
  async compare(): Promise<boolean> {
    try {
      const answer = (await ask(api.GET(`${collection[this.kind]}/{id}` as '/api/v1/places/{id}', { params: { path: { id: this.id } } }))) as unknown as JsonObject
      const theirs = inputOf(this.kind, answer)
      this.gone = Boolean(answer.deleted_at)
      this.clash = { version: Number(answer.version), theirs, ...mergeThree(this.base, this.tidied, theirs) }
      return true
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      this.gone = cause.status === 404
      this.refusal = cause.message
      return false
    }
  }

  /** Takes the merged record as what is typed, on the version that came in between. */
  settle(merged: JsonObject): void {
    if (!this.clash) return
    this.base = this.clash.theirs
    this.version = this.clash.version
    this.data = merged
    this.clear()
    // where nothing of one's own is left, nothing of it waits for a decision
    if (this.over && !this.dirty) void outbox.discard(this.over.id)
  }
}

function within(pointer: string | undefined, field: string): boolean {
  return pointer !== undefined && (pointer === field || pointer.startsWith(field + '/'))
}
