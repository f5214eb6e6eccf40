/** Funds, groups and fixes that several of these pages need, read once and again after a change. */
import { api, ApiError, ask, failureOf, type Schemas } from '../../api/client'
import { rangesOf, type Ranges } from './cost'
import type { Fund, Group, Scenario } from './words'

class Planned {
  funds = $state.raw<Fund[]>([])
  groups = $state.raw<Group[]>([])
  scenarios = $state.raw<Scenario[]>([])
  fixes = $state.raw<Schemas['AccessFix'][]>([])
  /** How far real costs may lie from the likely ones. */
  ranges = $state.raw<Ranges>({})
  failure = $state.raw<ApiError | null>(null)
  /** Whether the lists are at hand. */
  ready = $state(false)

  async load(): Promise<void> {
    try {
      const [funds, groups, scenarios] = await Promise.all([ask(api.GET('/api/v1/planning/funds')), ask(api.GET('/api/v1/planning/groups')), ask(api.GET('/api/v1/planning/scenarios'))])
      this.funds = funds.items
      this.groups = groups.items
      this.scenarios = scenarios.items
      this.failure = null
      this.ready = true
    } catch (cause) {
      this.failure = failureOf(cause)
    }
  }

  async loadRanges(): Promise<void> {
    this.ranges = rangesOf((await ask(api.GET('/api/v1/planning/assumptions'))).items)
  }

  async loadFixes(): Promise<void> {
    if (this.fixes.length === 0) this.fixes = (await ask(api.GET('/api/v1/access/fixes'))).fixes
  }
}

export const planned = new Planned()
