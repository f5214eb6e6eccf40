/** What municipalities have set otherwise than the standards. */
import { api, ApiError, ask, failureOf, type Schemas } from '../../api/client'

export type Override = Schemas['StandardOverride']

class Overrides {
  items = $state.raw<Override[]>([])
  removed = $state.raw<Override[]>([])
  failure = $state.raw<ApiError | null>(null)
  ready = $state(false)

  async load(): Promise<void> {
    try {
      const [items, removed] = await Promise.all([ask(api.GET('/api/v1/planning/standard-overrides')), ask(api.GET('/api/v1/planning/standard-overrides', { params: { query: { deleted: true } } }))])
      this.items = items.items
      this.removed = removed.items
      this.failure = null
      this.ready = true
    } catch (cause) {
      this.failure = failureOf(cause)
    }
  }

  of(standard: string, municipality: number | undefined): Override | undefined {
    return this.items.find((o) => o.standard === standard && o.municipality_id === municipality)
  }
}

export const overrides = new Overrides()
