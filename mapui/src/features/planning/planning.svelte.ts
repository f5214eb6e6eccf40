/** What the planning workspace asks the API: counts of the filter, its places in groups by need, and the indicators of municipalities. */
import { aborted, api, ask, failureOf, type ApiError, type Schemas } from '../../api/client'
import { filters } from '../../state/filters.svelte'
import type { Profile } from '../../state/profiles'
import { router } from '../../state/router.svelte'
import { vocabulary } from '../../state/vocabulary.svelte'
import { classesOf, type Compared } from './classes'
import { byNeed, countOf, FORMS, formsOf, groupsOf, layerOf, profileOf, profileOfIndicator, summaryOf, type Counts, type Form, type Group, type Place } from './layers'

/** A group up to this size is taken whole and put in the finer order. */
const WHOLE = 200
/** Rows shown at once, and further ones at a time. */
export const STEP = 20

export interface Loaded {
  items: Place[]
  next: string | undefined
  /** Whether all are at hand, and in the finer order. */
  whole: boolean
  shown: number
  loading: boolean
  failure: ApiError | null
}

const FIELDS = 'name,condition,infrastructure,heritage,protections,municipality_id,geometry'

class Planning {
  layer = $derived(layerOf(router.query))
  #last = $state<Profile>('wheelchair')
  /** The profile whose barriers are looked at; in other layers the one looked at last. */
  profile = $derived(profileOf(router.query) ?? this.#last)
  forms = $derived(formsOf(router.query))
  indicatorCode = $derived(router.query.get('wskaznik') ?? 'bad_condition')

  counts = $state.raw<Counts>({})
  total = $state<number | null>(null)
  /** How many places each form of protection has, whichever are shown. */
  formCounts = $state.raw<Readonly<Record<string, number>>>({})
  failure = $state.raw<ApiError | null>(null)
  loading = $state(true)
  lists = $state<Record<string, Loaded>>({})
  sentences = $state.raw<ReadonlyMap<number, Schemas['NeedsVerdict']>>(new Map())
  open = $state<Record<string, boolean>>({})

  indicators = $state.raw<Schemas['Indicators'] | null>(null)
  indicatorsFailure = $state.raw<ApiError | null>(null)
  #abort: AbortController | null = null
  #abortIndicators: AbortController | null = null

  /** The filter as text; the map's tiles are asked the same. */
  question = $derived(filters.params.toString())
  /** The profile of the verdicts that the list is in the order of, if it is. */
  verdictsOf = $derived(this.layer === 'bariery' ? this.profile : this.layer === 'gminy' ? profileOfIndicator(this.indicatorCode) : null)
  countedProfile = $derived(this.verdictsOf ?? this.profile)
  /** What the list is of, as text: it is asked again when this changes. */
  asked = $derived(`${this.layer} ${this.question} ${this.countedProfile} ${this.verdictsOf ?? ''}`)
  groups = $derived(groupsOf(this.layer, this.profile, this.forms, this.indicatorCode).filter((g) => this.total === null || countOf(g, this.counts) > 0))
  summary = $derived(this.total === null ? null : summaryOf(this.total, this.counts, this.countedProfile))
  shownForms = $derived<Form[]>(FORMS.filter((f) => (this.formCounts[f] ?? 0) > 0))

  indicator = $derived(this.indicators?.indicators.find((i) => i.code === this.indicatorCode) ?? this.indicators?.indicators[0] ?? null)
  rows = $derived<Compared[]>((this.indicators?.municipalities ?? []).map((m) => ({ name: m.name, teryt: m.teryt, value: this.indicator ? (m.values[this.indicator.code] ?? null) : null })))
  classes = $derived(classesOf(this.rows.flatMap((r) => (r.value === null ? [] : [r.value]))))
  /** What is to be spent on what is in bad condition within the filter; null where it is not known. */
  renewal = $derived.by(() => {
    if (!this.indicators) return null
    const chosen = filters.municipalities
    const values = this.indicators.municipalities.filter((m) => chosen.length === 0 || chosen.includes(m.teryt)).flatMap((m) => m.values.bad_renewal_value ?? [])
    return values.length > 0 ? values.reduce((a, b) => a + b, 0) : null
  })

  remember(profile: Profile): void {
    this.#last = profile
  }

  /** Loads counts, and then the first groups, so many that a list is there to read. */
  async load(): Promise<void> {
    this.#abort?.abort()
    const { signal } = (this.#abort = new AbortController())
    this.loading = true
    this.lists = {}
    this.sentences = new Map()
    try {
      const query = { ...Object.fromEntries(new URLSearchParams(this.question)), by: ['grade', 'freshness', 'protection', `verdict[${this.countedProfile}]`] }
      const all = { ...query, protection: 'any', by: ['protection'] }
      const [counted, forms] = await Promise.all([
        ask(api.GET('/api/v1/map/facets', { params: { query: query as never }, signal })),
        this.layer === 'ochrona' ? ask(api.GET('/api/v1/map/facets', { params: { query: all as never }, signal })) : null,
      ])
      this.counts = counted.facets
      this.total = counted.total
      if (forms) this.formCounts = forms.facets.protection ?? {}
      this.failure = null
      this.loading = false
      let rows = 0
      const open: Record<string, boolean> = {}
      for (const group of this.groups) {
        if (rows >= STEP) break
        open[group.key] = true
        rows += countOf(group, this.counts)
      }
      this.open = open
      await Promise.all(this.groups.filter((g) => open[g.key]).map((g) => this.loadGroup(g, signal)))
    } catch (cause) {
      if (aborted(cause)) return
      this.failure = failureOf(cause)
      this.loading = false
    }
  }

  /** Opens or closes a group; what was loaded stays. */
  toggle(group: Group): void {
    this.open = { ...this.open, [group.key]: !this.open[group.key] }
    if (this.open[group.key] && !this.lists[group.key]) void this.loadGroup(group)
  }

  /** Shows further rows of a group, loading them where they are not at hand. */
  async more(group: Group): Promise<void> {
    const list = this.lists[group.key]
    if (!list) return
    if (list.shown + STEP > list.items.length && list.next) await this.loadGroup(group)
    const now = this.lists[group.key]
    if (!now) return
    if (now.failure) return
    now.shown = Math.min(now.items.length, now.shown + STEP)
    await this.#explain(group).catch((cause: unknown) => {
      if (!aborted(cause)) now.failure = failureOf(cause)
    })
  }

  async loadGroup(group: Group, signal = this.#abort?.signal): Promise<void> {
    const before = this.lists[group.key]
    const whole = countOf(group, this.counts) <= WHOLE
    this.lists[group.key] = before ? { ...before, loading: true, failure: null } : { items: [], next: undefined, whole, shown: 0, loading: true, failure: null }
    const query: Record<string, string | number> = { ...Object.fromEntries(new URLSearchParams(this.question)), ...group.query, sort: group.sort, fields: FIELDS, limit: WHOLE }
    if (before?.next) query.cursor = before.next
    try {
      // where only the reasons are missing, the places are not asked for again
      if (!before || before.items.length === 0 || before.next) {
        const page = await ask(api.GET('/api/v1/places', { params: { query: query as never }, ...(signal && { signal }) }))
        const items = [...(before?.items ?? []), ...page.items]
        const all = whole && !page.next
        if (all && group.kind !== 'verdict') items.sort(byNeed)
        this.lists[group.key] = { items, next: page.next, whole: all, shown: Math.max(before?.shown ?? 0, Math.min(STEP, items.length)), loading: true, failure: null }
      }
      await this.#explain(group, signal)
      this.lists[group.key]!.loading = false
    } catch (cause) {
      if (aborted(cause)) return
      const failure = failureOf(cause)
      const now = this.lists[group.key]
      if (now) Object.assign(now, { loading: false, failure })
    }
  }

  /** Asks why the shown places have the verdict they have. */
  async #explain(group: Group, signal = this.#abort?.signal): Promise<void> {
    const list = this.lists[group.key]
    const profile = this.verdictsOf
    if (group.kind !== 'verdict' || !list || !profile) return
    const ids = list.items.slice(0, list.shown).map((p) => p.id).filter((id) => !this.sentences.has(id))
    if (ids.length === 0) return
    const answer = await ask(api.GET('/api/v1/access/verdicts', { params: { query: { ids, kind: 'place', profile: [profile] } }, ...(signal && { signal }) }))
    this.sentences = new Map([...this.sentences, ...answer.items.map((v) => [v.id, v] as const)])
  }

  /** Loads the indicators of all municipalities, for the categories in the filter. */
  async loadIndicators(): Promise<void> {
    this.#abortIndicators?.abort()
    const { signal } = (this.#abortIndicators = new AbortController())
    try {
      const category = filters.categories
      this.indicators = await ask(api.GET('/api/v1/indicators', { params: { query: category.length > 0 ? { category } : {} }, signal }))
      this.indicatorsFailure = null
    } catch (cause) {
      if (aborted(cause)) return
      this.indicatorsFailure = failureOf(cause)
    }
  }
}

export const planning = new Planning()

/** terytOf is the code of the municipality that a record names by number. */
export const terytOf = (id: number | undefined) => vocabulary.municipalities.find((m) => m.id === id)?.teryt ?? ''
