/** The fields of standards, local limits, unit rates and assumptions, with their JSON pointers into what the API takes. */
import { columnOf, namingOf, type Naming, type Spec } from '../editor/specs'
import { a } from './texts'

const F = a.field
const H = a.help
const U = a.unit

const sources: Spec[] = [
  { pointer: '/source/pl', label: F.sourcePl, kind: 'text', required: true, lang: 'pl', wide: true, help: H.source },
  { pointer: '/source/en', label: F.sourceEn, kind: 'text', lang: 'en', wide: true },
]

export const standardSpecs = {
  code: [{ pointer: '/code', label: F.code, kind: 'text', required: true, help: H.code }],
  what: [
    { pointer: '/label/pl', label: F.labelPl, kind: 'text', required: true, lang: 'pl', wide: true },
    { pointer: '/label/en', label: F.labelEn, kind: 'text', lang: 'en', wide: true },
  ],
  asks: [
    { pointer: '/distance_m', label: F.distance, kind: 'number', required: true, unit: U.m, help: H.distance },
    { pointer: '/min_area_m2', label: F.area, kind: 'number', unit: U.m2, help: H.area },
    { pointer: '/min_quality_grade', label: F.grade, kind: 'code', list: 'asset_grade', numeric: true, help: H.grade },
    { pointer: '/audience', label: F.audience, kind: 'code', list: 'audience', required: true },
    { pointer: '/weight', label: F.weight, kind: 'number', help: H.weight },
    { pointer: '/build_category', label: F.build, kind: 'category', facet: 'infrastructure', help: H.build },
  ],
  why: [
    ...sources,
    { pointer: '/proposal', label: F.proposal, kind: 'check' },
    { pointer: '/legal_basis', label: F.legal, kind: 'code', list: 'legal_basis' },
    { pointer: '/mode', label: F.mode, kind: 'code', list: 'distance_mode', more: true },
    { pointer: '/ordinal', label: F.ordinal, kind: 'number', more: true },
  ],
} satisfies Record<string, Spec[]>
export const standardNaming = namingOf(Object.values(standardSpecs).flat(), { '/categories': F.categories, '/label': F.labelPl, '/source': F.sourcePl })

export const overrideSpecs = {
  limits: [
    { pointer: '/distance_m', label: F.distance, kind: 'number', unit: U.m, help: H.local },
    { pointer: '/min_area_m2', label: F.area, kind: 'number', unit: U.m2, help: H.local },
    { pointer: '/source', label: F.act, kind: 'text', required: true, wide: true, help: H.act },
  ],
} satisfies Record<string, Spec[]>
export const overrideNaming = namingOf(overrideSpecs.limits, { '/standard_id': F.standard, '/municipality_id': F.municipality })

export const rateSpecs = {
  whole: [
    { pointer: '/kind', label: F.kind, kind: 'code', list: 'rate_kind', required: true },
  ],
  what: [
    { pointer: '/label/pl', label: F.labelPl, kind: 'text', required: true, lang: 'pl', wide: true },
    { pointer: '/label/en', label: F.labelEn, kind: 'text', lang: 'en', wide: true },
  ],
  price: [
    { pointer: '/pln', label: F.pln, kind: 'number', required: true, unit: U.pln },
    { pointer: '/unit', label: F.unit, kind: 'code', list: 'rate_unit', required: true },
    { pointer: '/price_year', label: F.priceYear, kind: 'number', required: true },
    { pointer: '/units', label: F.units, kind: 'number', required: true },
    { pointer: '/duration_years', label: F.duration, kind: 'number', required: true, unit: U.years },
    { pointer: '/running_pln', label: F.running, kind: 'number', unit: U.plnYear },
  ],
  why: sources.map((s) => ({ ...s, help: s.help && H.ownSource })),
} satisfies Record<string, Spec[]>
export const rateNaming = namingOf(Object.values(rateSpecs).flat(), { '/category': F.category, '/label': F.labelPl, '/source': F.sourcePl })

/** assumptionSpecs are the two fields of an assumption, the value in its unit and within its bounds. */
export function assumptionSpecs(unit: string, bounds: string): Spec[] {
  return [{ pointer: '/value', label: F.value, kind: 'number', required: true, unit, help: bounds }, ...sources.map((s) => ({ ...s, help: s.help && H.ownSource }))]
}

/** columnNaming names the columns of a history after the fields of a form. */
export function columnNaming(naming: Naming, pointers: readonly string[]): (column: string) => { label: string; spec: Spec | undefined } {
  const of = new Map(pointers.map((p) => [columnOf(p), p]))
  return (column) => {
    const pointer = of.get(column)
    if (column === 'deleted_at') return { label: F.deleted, spec: undefined }
    return pointer ? { label: naming.label(pointer), spec: naming.spec(pointer) } : { label: column, spec: undefined }
  }
}

const pointersOf = (specs: Record<string, Spec[]>) => Object.values(specs).flat().map((s) => s.pointer)
export const standardColumn = columnNaming(standardNaming, [...pointersOf(standardSpecs), '/categories'])
export const overrideColumn = columnNaming(overrideNaming, [...pointersOf(overrideSpecs), '/standard_id', '/municipality_id'])
export const rateColumn = columnNaming(rateNaming, [...pointersOf(rateSpecs), '/category'])
