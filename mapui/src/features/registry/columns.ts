/** The columns of the table: what each needs of the API, whether one can sort by it, and what it says of a place. */
import type { Schemas } from '../../api/client'
import { PROFILES, type Profile } from '../../state/profiles'
import { protectionLabel } from '../../state/protection'

export type Place = Schemas['Place']

/** A column's code, kept in the browser and in saved views. */
export type ColumnId =
  | 'name' | 'id' | 'category' | 'municipality' | 'address' | 'condition' | 'inspected' | 'protection' | `verdict.${Profile}` | 'publication' | 'visibility' | 'lifecycle'
  | 'accuracy' | 'dating' | 'object_type' | 'operator' | 'capacity' | 'surface' | 'built' | 'renewal' | 'hours' | 'website' | 'parent' | 'source' | 'licence' | 'created' | 'updated'

/** What the API can sort the list by. */
export type SortKey = 'id' | 'name' | 'updated_at' | 'inspected_on'

export interface Column {
  id: ColumnId
  /** The members of a place that the column is written from. */
  fields: (keyof Place)[]
  sort?: SortKey
  numeric?: boolean
}

const verdicts = PROFILES.map((p): Column => ({ id: `verdict.${p}`, fields: ['verdicts'] }))

/** All columns, in the order they stand in. The name is always there: it is the way to the record. */
export const COLUMNS: readonly Column[] = [
  { id: 'name', fields: ['name'], sort: 'name' },
  { id: 'id', fields: [], sort: 'id', numeric: true },
  { id: 'category', fields: ['heritage', 'infrastructure'] },
  { id: 'municipality', fields: ['municipality_id'] },
  { id: 'address', fields: ['address'] },
  { id: 'condition', fields: ['condition'] },
  { id: 'inspected', fields: ['condition'], sort: 'inspected_on' },
  { id: 'protection', fields: ['protections'] },
  ...verdicts,
  { id: 'lifecycle', fields: ['lifecycle'] },
  { id: 'publication', fields: ['publication'] },
  { id: 'visibility', fields: ['visibility'] },
  { id: 'updated', fields: ['updated_at'], sort: 'updated_at' },
  { id: 'created', fields: ['created_at'] },
  { id: 'accuracy', fields: ['accuracy'] },
  { id: 'dating', fields: ['heritage'] },
  { id: 'object_type', fields: ['heritage'] },
  { id: 'operator', fields: ['infrastructure'] },
  { id: 'capacity', fields: ['infrastructure'], numeric: true },
  { id: 'surface', fields: ['infrastructure'] },
  { id: 'built', fields: ['infrastructure'], numeric: true },
  { id: 'renewal', fields: ['infrastructure'], numeric: true },
  { id: 'hours', fields: ['opening_hours'] },
  { id: 'website', fields: ['website'] },
  { id: 'parent', fields: ['parent_id'], numeric: true },
  { id: 'source', fields: ['source'] },
  { id: 'licence', fields: ['licence'] },
]

export const DEFAULT_COLUMNS: readonly ColumnId[] = ['name', 'category', 'municipality', 'condition', 'protection', 'verdict.wheelchair', 'publication', 'updated']

const known = new Map<string, Column>(COLUMNS.map((c) => [c.id, c]))

/** columnsOf reads a remembered choice: codes with commas. What is unknown is passed over, the name is always first, and no choice at all is the default. */
export function columnsOf(text: string | null | undefined): Column[] {
  const asked = (text ?? '').split(',').filter((code) => known.has(code))
  const codes = new Set<string>(asked.length > 0 ? asked : DEFAULT_COLUMNS)
  return COLUMNS.filter((c) => c.id === 'name' || codes.has(c.id))
}

export const columnsText = (columns: readonly Column[]) => columns.map((c) => c.id).join(',')

/** fieldsOf is what to ask the API for: what the columns say, and what the map, the selection and a change in bulk need. */
export function fieldsOf(columns: readonly Column[]): string[] {
  return [...new Set(['name', 'version', 'geometry', 'heritage', 'infrastructure', 'publication', 'visibility', 'deleted_at', ...columns.flatMap((c) => c.fields)])]
}

/** Where labels and ways of writing come from: the program's own, or a test's. */
export interface Writing {
  label: (list: string, code: string | undefined) => string
  category: (code: string | undefined) => string
  municipality: (id: number | undefined) => string
  number: (n: number, decimals?: number) => string
  money: (pln: number) => string
  date: (text: string) => string
}

/** cell is what a column says of a place, as text; nothing known is the empty text. Condition, protection and verdicts also have signs of their own. */
export function cell(column: ColumnId, place: Place, w: Writing): string {
  const { heritage, infrastructure, condition } = place
  if (column.startsWith('verdict.')) return w.label('verdict', place.verdicts?.[column.slice(8) as Profile])
  switch (column) {
    case 'id': return String(place.id)
    case 'name': return place.name?.pl ?? ''
    case 'category': return [heritage?.category, infrastructure?.category].filter(Boolean).map((c) => w.category(c)).join(', ')
    case 'municipality': return w.municipality(place.municipality_id)
    case 'address': return addressText(place.address)
    case 'condition': return condition?.grade ? gradeLabel(condition.grade, w) : ''
    case 'inspected': return condition?.inspected_on ? w.date(condition.inspected_on) : ''
    case 'protection': return (place.protections ?? []).map((code) => protectionLabel(code, w.label)).join('; ')
    case 'lifecycle': return w.label('lifecycle', place.lifecycle)
    case 'publication': return w.label('publication', place.publication)
    case 'visibility': return w.label('visibility', place.visibility)
    case 'accuracy': return w.label('positional_accuracy', place.accuracy)
    case 'dating': return heritage?.dating?.text || years(heritage?.dating?.from, heritage?.dating?.to)
    case 'object_type': return w.label('heritage_object_type', heritage?.object_type)
    case 'operator': return infrastructure?.operator ?? ''
    case 'capacity': return infrastructure?.capacity == null ? '' : w.number(infrastructure.capacity, 0)
    case 'surface': return w.label('surface', infrastructure?.surface)
    case 'built': return infrastructure?.built_year == null ? '' : String(infrastructure.built_year)
    case 'renewal': return infrastructure?.renewal_value_pln == null ? '' : w.money(infrastructure.renewal_value_pln)
    case 'hours': return place.opening_hours ?? ''
    case 'website': return place.website ?? ''
    case 'parent': return place.parent_id ? String(place.parent_id) : ''
    case 'source': return place.source ?? ''
    case 'licence': return place.licence ?? ''
    case 'created': return place.created_at ? w.date(place.created_at) : ''
    case 'updated': return place.updated_at ? w.date(place.updated_at) : ''
    default: return ''
  }
}

function addressText(a: Place['address']): string {
  if (!a) return ''
  const street = [a.street || a.locality, a.house_number].filter(Boolean).join(' ')
  const town = [a.postcode, a.street ? a.locality : ''].filter(Boolean).join(' ')
  return [street, town].filter(Boolean).join(', ')
}

function years(from: number | null | undefined, to: number | null | undefined): string {
  if (from == null && to == null) return ''
  return from === to ? String(from) : `${from ?? ''}–${to ?? ''}`
}

/** gradeLabel names a grade of either scale. */
export function gradeLabel(grade: string, w: Pick<Writing, 'label'>): string {
  return w.label(/^[1-5]$/.test(grade) ? 'asset_grade' : 'heritage_grade', grade)
}

/** The order after a press on a column's heading: up, down, and then as the API gives it. */
export function toggleSort(now: string, key: SortKey): string {
  if (now === key) return '-' + key
  if (now === '-' + key) return ''
  return key
}

/** ariaSort is how the heading of a column says which way it is sorted. */
export function ariaSort(now: string, key: SortKey | undefined): 'ascending' | 'descending' | 'none' | undefined {
  if (!key) return undefined
  return now === key ? 'ascending' : now === '-' + key ? 'descending' : 'none'
}
