/** Unit rates and the assumptions of planning, read once a page needs them and again after a change. */
import { api, ApiError, ask, failureOf, type Schemas } from '../../api/client'

export type Rate = Schemas['UnitRate']
export type Assumption = Schemas['PlanningAssumption']

class Assumed {
  rates = $state.raw<Rate[]>([])
  removed = $state.raw<Rate[]>([])
  all = $state.raw<Assumption[]>([])
  failure = $state.raw<ApiError | null>(null)
  ratesReady = $state(false)
  ready = $state(false)

  async loadRates(): Promise<void> {
    try {
      const [rates, removed] = await Promise.all([ask(api.GET('/api/v1/planning/unit-rates')), ask(api.GET('/api/v1/planning/unit-rates', { params: { query: { deleted: true } } }))])
      this.rates = rates.items
      this.removed = removed.items
      this.failure = null
      this.ratesReady = true
    } catch (cause) {
      this.failure = failureOf(cause)
    }
  }

  async load(): Promise<void> {
    try {
      this.all = (await ask(api.GET('/api/v1/planning/assumptions'))).items
      this.failure = null
      this.ready = true
    } catch (cause) {
      this.failure = failureOf(cause)
    }
  }
}

export const assumed = new Assumed()
