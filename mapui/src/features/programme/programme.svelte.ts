/** A scenario with its runs: what is shown of the newest or of the one the address names, looked at while it is reckoned, and locks that change the question. */
import { aborted, api, ApiError, ask, failureOf } from '../../api/client'
import type { JsonObject } from '../../api/merge'
import { outbox } from '../../state/outbox.svelte'
import { router } from '../../state/router.svelte'
import { vocabulary } from '../../state/vocabulary.svelte'
import { announce } from '../../ui/announce.svelte'
import { Draft } from '../editor/draft.svelte'
import { gapPercent, pollAfter, stepOf, worthTelling, type Told } from './certificate'
import { lockOf, withLock, type Horizon, type Lock, type LockEntry } from './lanes'
import { readDefence, readRun, resumeRun, runsOf, startRun, stopRun, type Run, type RunDefence, type RunItem } from './run'
import { f } from './texts'
import { capital, percentOf, titleOf, type Proposal, type Scenario } from './words'

/** An item as the pages show it. */
export interface Item {
  id: number
  title: string
  kind: RunItem['kind']
  municipality: string
  position: number[]
  duration: number
  earliest: number | null
  latest: number | null
  start: number | null
  cost: number
  lock: Lock
  lockYear: number | null
  /** The lock is the scenario's, not the proposal's own. */
  inScenario: boolean
  of: RunItem
}

/** A pause after a changed lock in which others may follow, before the programme is reckoned anew. */
const SETTLE = 900
/** Between two looks for a defence that is being worked out. */
const DEFENCE = 2000

class Programme {
  scenario = $state.raw<Scenario | null>(null)
  runs = $state.raw<Run[]>([])
  run = $state.raw<Run | null>(null)
  proposals = $state.raw<Map<number, Proposal>>(new Map())
  /** What the programme of the run answers to a council with; null until it is worked out. */
  defence = $state.raw<RunDefence | null>(null)
  failure = $state.raw<ApiError | null>(null)
  /** Why a start, a stop or a lock was refused. */
  refusal = $state.raw<ApiError | null>(null)
  ready = $state(false)
  busy = $state(false)
  /** Whether a changed lock is reckoned at once. */
  follow = $state(true)
  readonly draft = new Draft('scenario')
  readonly locks = $derived((this.draft.get('/locks') ?? []) as unknown as LockEntry[])
  readonly horizon = $derived.by((): Horizon => ({ first: this.run?.summary?.first_year ?? this.scenario?.first_year ?? 0, years: this.run?.summary?.years ?? this.scenario?.years ?? 1 }))
  readonly items = $derived.by((): Item[] => (this.run?.items ?? []).map((i) => this.#item(i)))
  readonly chosen = $derived(this.items.filter((i) => i.start !== null))
  readonly gap = $derived(gapPercent(this.run?.gap))
  /** The scenario changed since the run that is shown. */
  readonly stale = $derived(Boolean(this.run && this.scenario && this.run.scenario_version !== this.scenario.version))
  readonly going = $derived(Boolean(this.run && !this.run.over))
  #id = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #settling: ReturnType<typeof setTimeout> | undefined
  #defending: ReturnType<typeof setTimeout> | undefined
  /** The run whose defence is looked for, or was found. */
  #defended = 0
  #locking: Promise<void> = Promise.resolve()
  #abort: AbortController | null = null
  #since = 0
  #told: Told | null = null

  #item(of: RunItem): Item {
    const own = this.proposals.get(of.proposal_id)
    const lock = lockOf(this.locks, of.proposal_id, own ?? { lock: of.lock })
    return {
      id: of.proposal_id, title: titleOf({ title: of.title, id: of.proposal_id }), kind: of.kind, position: of.position, duration: of.duration_years, cost: of.cost_pln, of,
      municipality: vocabulary.municipalities.find((m) => m.id === of.municipality_id)?.name ?? f.outside,
      earliest: own?.earliest_year ?? null, latest: own?.latest_year ?? null, start: of.start_year ?? null, lock: lock.lock, lockYear: lock.year, inScenario: lock.scenario,
    }
  }

  async open(id: number): Promise<void> {
    this.close()
    Object.assign(this, { scenario: null, run: null, runs: [], ready: false, failure: null, refusal: null })
    this.#id = id
    await outbox.start()
    try {
      const [scenario, list] = await Promise.all([ask(api.GET('/api/v1/planning/scenarios/{id}', { params: { path: { id } } })), runsOf(id)])
      this.#take(scenario)
      this.runs = list
      const wanted = Number(router.query.get('przebieg') ?? 0)
      const shown = list.find((r) => r.id === wanted) ?? list[0]
      await Promise.all([shown ? this.show(shown.id) : undefined, this.#readProposals()])
      this.ready = true
    } catch (cause) {
      if (!aborted(cause)) this.failure = failureOf(cause)
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#settling)
    clearTimeout(this.#defending)
    this.#abort?.abort()
    this.#told = null
  }

  #take(scenario: Scenario): void {
    this.scenario = scenario
    this.draft.load(scenario as unknown as JsonObject)
  }

  /** Windows and own locks of the proposals, which runs do not repeat. */
  async #readProposals(): Promise<void> {
    const all = new Map<number, Proposal>()
    let cursor: string | undefined
    do {
      const page = await ask(api.GET('/api/v1/planning/proposals', { params: { query: { limit: 1000, ...(cursor ? { cursor } : {}) } } }))
      for (const p of page.items) all.set(p.id, p)
      cursor = page.next
    } while (cursor)
    this.proposals = all
  }

  async show(id: number): Promise<void> {
    clearTimeout(this.#timer)
    this.#told = null
    this.#set(await readRun(id))
  }

  #set(run: Run): void {
    this.run = run
    this.runs = [run, ...this.runs.filter((r) => r.id !== run.id)].sort((a, b) => b.id - a.id)
    this.#tell(run)
    if (!run.over) this.#poll()
    if (run.over && this.#defended === run.id) return
    clearTimeout(this.#defending)
    this.defence = null
    this.#defended = run.over ? run.id : 0
    if (run.over) void this.#defend(run.id)
  }

  /** Looks for the defence of a run until it is there, and then reads what it says of each item. */
  async #defend(id: number): Promise<void> {
    const still = () => this.#defended === id && this.run?.id === id
    try {
      const found = await readDefence(id)
      if (!still()) return
      if (!found.ready) {
        this.#defending = setTimeout(() => void this.#defend(id), DEFENCE)
        return
      }
      const run = await readRun(id)
      if (!still()) return
      this.run = run
      this.defence = found
    } catch (cause) {
      if (still() && failureOf(cause).transient) this.#defending = setTimeout(() => void this.#defend(id), 5 * DEFENCE)
    }
  }

  /** What a listener hears: a changed state, or a gap that passed a further step. */
  #tell(run: Run): void {
    const now = { status: run.status, step: stepOf(gapPercent(run.gap)) }
    if (this.#told ? worthTelling(this.#told, now) : !run.over) announce(`${capital(vocabulary.label('run_status', run.status))}. ${certificate(run)}`)
    this.#told = this.#told && !worthTelling(this.#told, now) ? this.#told : now
  }

  #poll(): void {
    clearTimeout(this.#timer)
    if (!this.#since) this.#since = Date.now()
    this.#timer = setTimeout(() => void this.#look(), pollAfter((Date.now() - this.#since) / 1000))
  }

  async #look(): Promise<void> {
    const before = this.run
    if (!before) return
    const abort = (this.#abort = new AbortController())
    try {
      const state = await readRun(before.id, false, abort.signal)
      if (this.run?.id !== before.id) return
      const better = state.over || state.objective !== before.objective
      const whole = better ? await readRun(before.id, true, abort.signal) : { ...before, ...state, items: before.items, log: before.log, left_out: before.left_out }
      if (this.run?.id !== before.id) return
      this.#set(whole)
      if (whole.over) this.#since = 0
    } catch (cause) {
      if (aborted(cause)) return
      const failure = failureOf(cause)
      if (failure.transient) this.#poll() // the run goes on without anybody looking
      else this.refusal = failure
    }
  }

  async #do(run: () => Promise<Run>): Promise<void> {
    this.busy = true
    this.refusal = null
    try {
      this.#since = Date.now()
      const answer = await run()
      if (router.query.has('przebieg')) router.set({ przebieg: null })
      this.#set(answer)
    } catch (cause) {
      this.refusal = failureOf(cause)
    } finally {
      this.busy = false
    }
  }

  /** Reckons the scenario as it is now: the answer is there at once, and is bettered meanwhile. */
  async start(): Promise<void> {
    clearTimeout(this.#settling)
    this.#told = null
    if (this.run && this.going) await stopRun(this.run.id).catch(() => undefined)
    await this.#do(() => startRun(this.#id))
  }
  stop = (): Promise<void> => this.#of(stopRun)
  resume = (): Promise<void> => this.#of(resumeRun)
  async #of(run: (id: number) => Promise<Run>): Promise<void> {
    const id = this.run?.id
    if (id) await this.#do(() => run(id))
  }

  /** Reads the scenario again after its assumptions were changed elsewhere on the page. */
  changed(answer: JsonObject): void {
    this.#take({ ...this.scenario, ...answer } as unknown as Scenario)
    this.#settle()
  }

  #settle(): void {
    clearTimeout(this.#settling)
    if (this.follow) this.#settling = setTimeout(() => void this.start(), SETTLE)
  }

  /** Locks a proposal in this scenario. It is saved at once, and reckoned after a moment. */
  async lock(id: number, lock: Lock, year: number | null): Promise<void> {
    clearTimeout(this.#settling)
    // one after another: a choice made while the one before is on its way is added to what the server then has
    this.#locking = this.#locking.then(async () => {
      const item = this.items.find((i) => i.id === id)
      this.draft.set('/locks', withLock(this.locks, id, lock, year, this.proposals.get(id) ?? { lock: 'free' }) as unknown as JsonObject[])
      await this.saveLocks(item ? `${item.title}: ${lock === 'year' && year ? f.lockedYear(year) : f.locked[lock]}` : '')
    })
    await this.#locking
  }

  async saveLocks(said: string): Promise<void> {
    if (!this.draft.dirty) return
    this.refusal = null
    const outcome = await this.draft.save({ record: `scenarios/${this.#id}`, page: `/inwestycje/programy/${this.#id}`, name: this.scenario ? titleOf(this.scenario) : '' }, (answer) => this.#take({ ...this.scenario, ...answer } as unknown as Scenario))
    if (outcome === 'saved') {
      if (said) announce(said)
      this.#settle()
    } else if (outcome === 'kept') announce(f.keptHere)
    else if (outcome === 'refused') {
      this.refusal = new ApiError(400, [this.draft.refusal, ...this.draft.problems.map((p) => p.detail)].filter(Boolean).join(' '))
      this.draft.reset()
    }
  }
}

export const programme = new Programme()

/** certificate says how good a programme is known to be. */
export function certificate(run: Run): string {
  const gap = gapPercent(run.gap)
  if (gap === null) return !run.summary ? f.certificate.nothing : run.over ? f.certificate.unproved : f.certificate.none
  return gap === 0 ? f.certificate.best : f.certificate.within(percentOf(gap, 2))
}
