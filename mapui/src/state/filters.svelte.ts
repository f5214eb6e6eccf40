/**
 * What is looked for, kept in the address under the API's own names, so that a link shows the same and the list, the counts and the tiles are asked
 * the same question.
 */
import { PROFILES } from './profiles'
import { router } from './router.svelte'

export { PROFILES, VERDICTS, type Profile, type Verdict } from './profiles'

/** Parameters of a place filter that the address may hold; all are the API's. */
const PASSED = [
  'q', 'kind', 'category', 'municipality', 'protection', 'grade', 'freshness', 'inspected_from', 'inspected_to', 'publication', 'visibility', 'lifecycle',
  'parent', 'external_id', 'register_number', 'updated_since', 'batch', 'polygon', 'product_kind', 'status', 'open', 'free', 'verified',
  ...PROFILES.map((p) => `verdict[${p}]`),
] as const

const NEEDS = ['profile', 'width_cm', 'step_cm', 'slope_percent'] as const

class Filters {
  /** The chosen profiles, in the engine's order. */
  profiles = $derived(PROFILES.filter((p) => router.query.getAll('profile').flatMap((v) => v.split(',')).includes(p)))
  widthCm = $derived(measure('width_cm'))
  stepCm = $derived(measure('step_cm'))
  slopePercent = $derived(measure('slope_percent'))
  /** Needs for which no verdict is stored: several profiles, or measures of one's own. */
  own = $derived(this.profiles.length > 0 && (this.widthCm !== null || this.stepCm !== null || this.slopePercent !== null))
  fit = $derived(router.query.get('fit') ?? '')
  q = $derived(router.query.get('q') ?? '')
  kind = $derived(router.query.get('kind') ?? '')
  categories = $derived(list('category'))
  municipalities = $derived(list('municipality'))

  /** The question to the API without a box: what the tiles, the list and the counts have in common. */
  params = $derived.by(() => {
    const out = new URLSearchParams()
    for (const name of PASSED) {
      const values = router.query.getAll(name).filter(Boolean)
      if (values.length > 0) out.set(name, values.join(','))
    }
    // checked for whom: for those whose needs are chosen now
    if (out.get('verified') === 'true' && this.profiles.length > 0) out.set('verified', this.profiles.join(','))
    if (this.fit && this.profiles.length > 0) {
      for (const name of NEEDS) {
        const values = router.query.getAll(name).filter(Boolean)
        if (values.length > 0) out.set(name, values.join(','))
      }
      out.set('fit', this.fit)
    }
    return out
  })

  /** The needs alone, for a question about verdicts. */
  needs = $derived.by(() => {
    const out = new URLSearchParams()
    if (this.profiles.length === 0) return out
    out.set('profile', this.profiles.join(','))
    if (this.widthCm !== null) out.set('width_cm', String(this.widthCm))
    if (this.stepCm !== null) out.set('step_cm', String(this.stepCm))
    if (this.slopePercent !== null) out.set('slope_percent', String(this.slopePercent))
    return out
  })

  /** How many filters narrow the list down, needs left out. */
  count = $derived([...new Set(this.params.keys())].filter((name) => !(NEEDS as readonly string[]).includes(name)).length)

  toggle(name: 'category' | 'municipality', code: string): void {
    const now = list(name)
    router.set({ [name]: now.includes(code) ? now.filter((c) => c !== code) : [...now, code] })
  }

  clear(): void {
    router.set(Object.fromEntries([...PASSED, 'fit'].map((name) => [name, null])))
  }
}

function list(name: string): string[] {
  return router.query.getAll(name).flatMap((v) => v.split(',')).filter(Boolean)
}

function measure(name: string): number | null {
  const text = router.query.get(name)
  const value = text ? Number(text.replace(',', '.')) : Number.NaN
  return Number.isFinite(value) && value >= 0 ? value : null
}

export const filters = new Filters()
