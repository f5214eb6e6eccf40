import { plural } from '..'
import type { section as polish } from '../pl/section'

export const section: typeof polish = {
  table: 'Table',
  queues: 'Queues',
  reports: 'Reports of changes',
  openReports: (n: number) => plural(n, { one: '# open report', other: '# open reports' }),
  imports: 'Imports',
  survey: 'Field survey',
  proposals: 'Proposed facts',
  map: 'Map',
  gaps: 'Gaps',
  forecast: 'Forecast',
  whatIf: 'What if',
  investments: 'Proposals',
  programmes: 'Programmes',
  assumptions: 'Assumptions',
  summaries: 'Summaries',
}
