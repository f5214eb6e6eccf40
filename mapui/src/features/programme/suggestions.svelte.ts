/** What the registry itself would propose, for the municipality and the kind of the address. */
import { aborted, api, ApiError, ask, failureOf } from '../../api/client'
import { router } from '../../state/router.svelte'
import type { Suggestion } from './words'

class Suggestions {
  items = $state.raw<Suggestion[]>([])
  loading = $state(false)
  ready = $state(false)
  failure = $state.raw<ApiError | null>(null)
  readonly kind = $derived(router.query.get('kind') ?? '')
  readonly municipality = $derived(router.query.get('municipality') ?? '')
  #abort: AbortController | null = null

  async load(): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    try {
      const query = { ...(this.kind ? { kind: [this.kind as Suggestion['proposal']['kind']] } : {}), ...(this.municipality ? { municipality: [this.municipality] } : {}), limit: 20 }
      this.items = (await ask(api.GET('/api/v1/planning/proposals/suggestions', { params: { query }, signal: abort.signal }))).items
      this.failure = null
      this.ready = true
    } catch (cause) {
      if (aborted(cause)) return
      this.failure = failureOf(cause)
    } finally {
      if (abort === this.#abort) this.loading = false
    }
  }

  /** Takes one off the list once it became a proposal. */
  drop(key: string): void {
    this.items = this.items.filter((s) => s.key !== key)
  }
}

export const suggestions = new Suggestions()
