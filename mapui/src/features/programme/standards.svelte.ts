/** The standards of service the registry counts by, read once and again after a change: what they are called and ask for. */
import { api, ApiError, ask, failureOf, type Schemas } from '../../api/client'
import { inLanguage, reach } from '../../i18n'
import { f } from './texts'

export type Standard = Schemas['ServiceStandard']

const ACCESSIBLE = 'accessible:'

class Standards {
  items = $state.raw<Standard[]>([])
  removed = $state.raw<Standard[]>([])
  failure = $state.raw<ApiError | null>(null)
  ready = $state(false)
  /** Those that gaps and programmes count by; one without categories is only for the what-if. */
  readonly counted = $derived(this.items.filter((s) => s.categories.length > 0))
  readonly codes = $derived(this.counted.map((s) => s.code))
  /** An old programme may name one that was removed since. */
  #of = $derived(new Map([...this.removed, ...this.items].map((s) => [s.code, s])))
  #loading: Promise<void> | null = null

  /** Loads them, once. */
  load(): Promise<void> {
    return (this.#loading ??= this.reload())
  }

  async reload(): Promise<void> {
    try {
      const [items, removed] = await Promise.all([ask(api.GET('/api/v1/planning/standards')), ask(api.GET('/api/v1/planning/standards', { params: { query: { deleted: true } } }))])
      this.items = items.items
      this.removed = removed.items
      this.failure = null
      this.ready = true
    } catch (cause) {
      this.#loading = null // the next to ask tries again
      this.failure = failureOf(cause)
    }
  }

  of(code: string): Standard | undefined {
    return this.#of.get(code)
  }
}

export const standards = new Standards()

/** standardLabel names a standard with its distance; accessible coverage of one has its code after accessible:. The code stands for one that is not known. */
export function standardLabel(code: string): string {
  const accessible = code.startsWith(ACCESSIBLE)
  const plain = accessible ? code.slice(ACCESSIBLE.length) : code
  const found = standards.of(plain)
  const label = found ? f.within(inLanguage(found.label), reach(found.distance_m)) : plain
  return accessible ? f.accessibly(label) : label
}

/** standardChoices are the codes a floor or an effect can name: each standard, then each as accessible coverage, then those named already. */
export function standardChoices(codes: readonly string[], named: readonly string[], accessible: boolean): string[] {
  return [...new Set([...codes, ...(accessible ? codes.map((code) => ACCESSIBLE + code) : []), ...named])]
}
