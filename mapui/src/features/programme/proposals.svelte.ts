/** The list of proposals the address asks for, a page at a time. */
import { aborted, api, ApiError, ask, failureOf } from '../../api/client'
import { router } from '../../state/router.svelte'
import { filterOf, sortOf } from './query'
import type { Proposal } from './words'

/** How many come at once: the map shows what the list has. */
const PAGE = 200

class Proposals {
  items = $state.raw<Proposal[]>([])
  total = $state<number | null>(null)
  next = $state<string | undefined>()
  loading = $state(false)
  failure = $state.raw<ApiError | null>(null)
  readonly filter = $derived(filterOf(router.query))
  readonly sort = $derived(sortOf(router.query))
  /** The question in one text, so that an effect runs when it changes. */
  readonly asked = $derived(`${this.filter}|${this.sort}`)
  #abort: AbortController | null = null

  async load(more = false): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    try {
      const query = { ...Object.fromEntries(this.filter), ...(this.sort ? { sort: this.sort } : {}), ...(more && this.next ? { cursor: this.next } : {}), limit: PAGE }
      const answer = await ask(api.GET('/api/v1/planning/proposals', { params: { query: query as never }, signal: abort.signal }))
      this.items = more ? [...this.items, ...answer.items] : answer.items
      this.next = answer.next
      this.total = answer.total
      this.failure = null
    } catch (cause) {
      if (aborted(cause)) return
      this.failure = failureOf(cause)
    } finally {
      if (abort === this.#abort) this.loading = false
    }
  }
}

export const proposals = new Proposals()
