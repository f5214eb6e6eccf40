/** Runs of scenarios as the API gives them. */
import { ApiError, problem } from '../../api/client'
import { lang, t } from '../../i18n'

export interface Text { pl?: string; en?: string }

export interface RunItem {
  proposal_id: number
  proposal_version: number
  title: Text
  kind: 'repair' | 'renew' | 'make_accessible' | 'build'
  place_id?: number
  municipality_id?: number
  category?: string
  position: number[]
  duration_years: number
  lock: 'free' | 'in' | 'out' | 'year'
  start_year?: number
  cost_pln: number
  spend_pln: number[]
  funds: { fund_id: number; pln: number[] }[]
  criteria: Record<string, number>
  marginal_benefit?: number
  core_index?: number
}

export interface RunSummary {
  first_year: number
  years: number
  proposals: number
  chosen: number
  cost_pln: number
  persons: number
  parts: { benefit: number; service: number; fairness: number; penalty: number }
  funds: { fund_id: number; budget_pln: number[]; spent_pln: number[]; carried_pln: number[] }[]
  municipalities: { municipality_id: number; pln: number }[]
  coverage: { municipality_id: number; standard: string; people: number; before: number; after: number }[]
  spending_floors: { municipality_id: number; pln: number; short_pln: number }[]
  coverage_floors: { municipality_id: number; standard: string; share_percent: number; short_persons: number }[]
}

export interface Run {
  id: number
  scenario_id: number
  scenario_version: number
  status: 'queued' | 'running' | 'stopped' | 'interrupted' | 'done' | 'failed'
  phase: string
  over: boolean
  resumable: boolean
  objective?: number
  bound?: number
  gap?: number
  greedy_objective?: number
  solver_version?: string
  seed: number
  input_hash: string
  warning?: Text
  created_at: string
  started_at?: string
  updated_at: string
  ended_at?: string
  summary?: RunSummary
  log?: string[]
  items?: RunItem[]
  left_out?: { proposal_id: number; code: string; reason: Text }[]
}

export async function call<T>(method: 'GET' | 'POST', path: string, signal?: AbortSignal): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/v1/planning${path}`, { method, headers: { 'Accept-Language': lang, Accept: 'application/json' }, ...(signal ? { signal } : {}) })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, t.common.networkError)
  }
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problem(response.status, body)
  return body as T
}
