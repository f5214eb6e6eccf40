/** What is typed into the form of an import, and what of it is sent. */
import type { FieldProblem, Schemas } from '../../api/client'

export type ImportInput = {
  profile: string
  dry_run: boolean
  publication?: string
  as_of?: string
  municipality_id?: number
  crs?: number
  layer?: string
  only?: string[]
  bbox?: string
}

/** The form as it is typed: all texts. */
export interface ImportForm {
  profile: string
  dryRun: boolean
  publication: string
  asOf: string
  municipality: string
  crs: string
  layer: string
  only: string
  bbox: string
}

export const emptyForm: ImportForm = { profile: '', dryRun: true, publication: '', asOf: '', municipality: '', crs: '', layer: '', only: '', bbox: '' }

/** The names of the fields, in the order of the form, and the pointers by which the server names them. */
export const POINTERS = {
  profile: '/profile', publication: '/publication', asOf: '/as_of', municipality: '/municipality_id', crs: '/crs', layer: '/layer', only: '/only', bbox: '/bbox',
} as const satisfies Partial<Record<keyof ImportForm, string>>
export type FieldName = keyof typeof POINTERS | 'file'

/** inputOf is what the server is asked for; what was left empty is not said. Only the profile osm takes tags and a box. */
export function inputOf(form: ImportForm): ImportInput {
  const input: ImportInput = { profile: form.profile, dry_run: form.dryRun }
  if (form.publication) input.publication = form.publication
  if (form.asOf) input.as_of = form.asOf
  if (form.municipality) input.municipality_id = Number(form.municipality)
  if (form.crs.trim()) input.crs = Number(form.crs.trim().replace(/^epsg:/i, ''))
  if (form.layer.trim()) input.layer = form.layer.trim()
  if (form.profile === 'osm') {
    const only = form.only.split(/[\n,]/).map((line) => line.trim()).filter(Boolean)
    if (only.length > 0) input.only = only
    if (form.bbox.trim()) input.bbox = form.bbox.replace(/\s+/g, '')
  }
  return input
}

/** missing names what has to be mended before anything is sent: in the order of the form. A role of single municipalities has to name one. */
export function missing(form: ImportForm, hasFile: boolean, everywhere: boolean): ('file' | 'profile' | 'municipality' | 'crs')[] {
  const out: ('file' | 'profile' | 'municipality' | 'crs')[] = []
  if (!hasFile) out.push('file')
  if (!form.profile) out.push('profile')
  if (!everywhere && !form.municipality) out.push('municipality')
  if (form.crs.trim() && !/^(epsg:)?\d{1,6}$/i.test(form.crs.trim())) out.push('crs')
  return out
}

/** problemsOf sorts what the server says is wrong by the fields of the form; what belongs to none is left in rest. */
export function problemsOf(fields: FieldProblem[]): { by: Partial<Record<FieldName, string>>; rest: string[] } {
  const by: Partial<Record<FieldName, string>> = {}
  const rest: string[] = []
  for (const field of fields) {
    const name = (Object.keys(POINTERS) as (keyof typeof POINTERS)[]).find((n) => field.pointer === POINTERS[n] || field.pointer?.startsWith(POINTERS[n] + '/'))
    if (name && !by[name]) by[name] = field.detail
    else rest.push(field.detail)
  }
  return { by, rest }
}

/** size writes bytes for people: 640 B, 3,4 kB, 1,2 MB. */
export function size(bytes: number, number: (n: number, decimals?: number) => string): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let n = bytes
  let unit = 0
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000
    unit += 1
  }
  return `${number(n, unit === 0 || n >= 100 ? 0 : 1)} ${units[unit]}`
}

/** active tells an import that is not over. */
export const active = (i: Pick<Schemas['Import'], 'status'>) => i.status === 'queued' || i.status === 'running'

/** wait is how long to wait before the progress is asked for again, in milliseconds: often at first, seldom for long imports. */
export const wait = (asked: number) => Math.min(5000, 700 + asked * 300)

type Issue = Schemas['ImportIssue']

/** issuesCSV writes remarks as RFC 4180 has it, with a byte order mark so that spreadsheets read the letters right. A value that a spreadsheet would take for a formula is quoted with an apostrophe. */
export function issuesCSV(issues: Issue[], head: string[], words: { severity: (code: string) => string; text: (t: Issue['reason']) => string }): string {
  const cell = (value: string | number | undefined) => {
    let text = value === undefined ? '' : String(value)
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text)) text = "'" + text
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const rows = issues.map((i) => [i.row, words.severity(i.severity), i.field, i.value, words.text(i.reason), i.code, i.place_id])
  return '\ufeff' + [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}
