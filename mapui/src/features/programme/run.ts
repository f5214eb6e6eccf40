/** Runs of scenarios as the API gives them. */
import { api, ask, type Schemas } from '../../api/client'

export type Run = Schemas['ProgrammeRun']
export type RunItem = Schemas['ProgrammeItem']
export type RunDefence = Schemas['RunDefence']

export const runsOf = async (scenario: number): Promise<Run[]> => (await ask(api.GET('/api/v1/planning/scenarios/{id}/runs', { params: { path: { id: scenario } } }))).items
export const startRun = (scenario: number): Promise<Run> => ask(api.POST('/api/v1/planning/scenarios/{id}/runs', { params: { path: { id: scenario } } }))
/** readRun gives a run with its items, or its state alone. */
export const readRun = (id: number, items = true, signal?: AbortSignal): Promise<Run> => ask(api.GET('/api/v1/planning/runs/{id}', { params: { path: { id }, query: { items } }, ...(signal ? { signal } : {}) }))
export const stopRun = (id: number): Promise<Run> => ask(api.POST('/api/v1/planning/runs/{id}/stop', { params: { path: { id } } }))
export const resumeRun = (id: number): Promise<Run> => ask(api.POST('/api/v1/planning/runs/{id}/resume', { params: { path: { id } } }))
export const readDefence = (id: number): Promise<RunDefence> => ask(api.GET('/api/v1/planning/runs/{id}/defence', { params: { path: { id } } }))
