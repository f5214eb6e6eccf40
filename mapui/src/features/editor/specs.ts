/** What the forms ask for: each field with its JSON pointer into what the API takes, so that errors, conflicts and histories find it by that. */
import { date, inLanguage, number, t } from '../../i18n'
import { isObject, type Json, type JsonObject } from '../../api/merge'
import type { RecordKind } from '../../api/records'
import { vocabulary } from '../../state/vocabulary.svelte'
import { shapeOf } from './shapes'
import { f } from './texts'

export interface Spec {
  pointer: string
  label: string
  kind: 'text' | 'long' | 'url' | 'number' | 'date' | 'code' | 'check' | 'yesno' | 'category' | 'elements'
  /** The code list of a code. */
  list?: string
  /** The codes of a field that has no list of its own. */
  options?: { code: string; label: string }[]
  /** Options whose codes are numbers. */
  numeric?: boolean
  facet?: 'heritage' | 'infrastructure' | 'product'
  required?: boolean
  unit?: string
  help?: string
  /** The language of what is typed. */
  lang?: 'pl' | 'en'
  /** The whole width. */
  wide?: boolean
  /** Behind "more fields". */
  more?: boolean
}

const F = f.field

export const placeSpecs = {
  basics: [
    { pointer: '/name/pl', label: F.namePl, kind: 'text', required: true, lang: 'pl', wide: true },
    { pointer: '/name/en', label: F.nameEn, kind: 'text', lang: 'en', wide: true },
    { pointer: '/description/pl', label: F.descriptionPl, kind: 'long', lang: 'pl', wide: true },
    { pointer: '/description/en', label: F.descriptionEn, kind: 'long', lang: 'en', wide: true },
  ],
  heritage: [
    { pointer: '/heritage/category', label: F.category, kind: 'category', facet: 'heritage', required: true },
    { pointer: '/heritage/object_type', label: F.objectType, kind: 'code', list: 'heritage_object_type' },
    { pointer: '/heritage/dating/text', label: F.dating, kind: 'text', help: f.help.dating, wide: true },
    { pointer: '/heritage/dating/from', label: F.datingFrom, kind: 'number' },
    { pointer: '/heritage/dating/to', label: F.datingTo, kind: 'number' },
    { pointer: '/heritage/materials', label: F.materials, kind: 'text' },
    { pointer: '/heritage/designer', label: F.designer, kind: 'text' },
    { pointer: '/heritage/original_function', label: F.originalFunction, kind: 'text' },
    { pointer: '/heritage/current_function', label: F.currentFunction, kind: 'text' },
  ],
  infrastructure: [
    { pointer: '/infrastructure/category', label: F.category, kind: 'category', facet: 'infrastructure', required: true },
    { pointer: '/infrastructure/operator', label: F.operator, kind: 'text' },
    { pointer: '/infrastructure/capacity', label: F.capacity, kind: 'number', unit: f.unit.people },
    { pointer: '/infrastructure/surface', label: F.surface, kind: 'code', list: 'surface' },
    { pointer: '/infrastructure/area_m2', label: F.area, kind: 'number', unit: f.unit.m2 },
    { pointer: '/infrastructure/built_year', label: F.built, kind: 'number' },
    { pointer: '/infrastructure/renewal_value_pln', label: F.renewalValue, kind: 'number', unit: f.unit.pln },
    { pointer: '/infrastructure/expected_life_years', label: F.life, kind: 'number', unit: f.unit.years },
    { pointer: '/infrastructure/equipment', label: F.equipment, kind: 'long', wide: true },
  ],
  accuracy: [{ pointer: '/accuracy', label: F.accuracy, kind: 'code', list: 'positional_accuracy', required: true }],
  contact: [
    { pointer: '/address/locality', label: F.locality, kind: 'text' },
    { pointer: '/address/postcode', label: F.postcode, kind: 'text' },
    { pointer: '/address/street', label: F.street, kind: 'text' },
    { pointer: '/address/house_number', label: F.houseNumber, kind: 'text' },
    { pointer: '/website', label: F.website, kind: 'url', wide: true },
    { pointer: '/opening_hours', label: F.hours, kind: 'text', help: f.help.hours, wide: true },
    { pointer: '/free', label: F.free, kind: 'yesno' },
  ],
  record: [
    { pointer: '/publication', label: F.publication, kind: 'code', list: 'publication', required: true },
    { pointer: '/visibility', label: F.visibility, kind: 'code', list: 'visibility', required: true, help: f.help.visibility },
    { pointer: '/lifecycle', label: F.lifecycle, kind: 'code', list: 'lifecycle', required: true },
    { pointer: '/source', label: F.source, kind: 'text', wide: true },
    { pointer: '/licence', label: F.licence, kind: 'text' },
  ],
} satisfies Record<string, Spec[]>

export const productSpecs = {
  basics: [
    ...placeSpecs.basics,
    { pointer: '/kind', label: F.kind, kind: 'code', list: 'product_kind', required: true },
    { pointer: '/category', label: F.category, kind: 'category', facet: 'product', required: true },
    { pointer: '/plain/pl', label: F.plainPl, kind: 'long', lang: 'pl', wide: true, more: true },
    { pointer: '/plain/en', label: F.plainEn, kind: 'long', lang: 'en', wide: true, more: true },
  ],
  offer: [
    { pointer: '/status', label: F.status, kind: 'code', list: 'product_status', required: true },
    { pointer: '/free', label: F.free, kind: 'yesno' },
    { pointer: '/price', label: F.price, kind: 'text' },
    { pointer: '/season', label: F.season, kind: 'text' },
    { pointer: '/valid_from', label: F.offeredFrom, kind: 'date' },
    { pointer: '/valid_to', label: F.offeredTo, kind: 'date' },
    { pointer: '/organiser', label: F.organiser, kind: 'text' },
    { pointer: '/website', label: F.website, kind: 'url' },
    { pointer: '/capacity', label: F.capacity, kind: 'number', unit: f.unit.people },
    { pointer: '/theme', label: F.theme, kind: 'text' },
    { pointer: '/audience', label: F.audience, kind: 'text' },
    { pointer: '/languages', label: F.languages, kind: 'text' },
    { pointer: '/certificates', label: F.certificates, kind: 'text' },
  ],
  record: [
    { pointer: '/publication', label: F.publication, kind: 'code', list: 'publication', required: true },
    { pointer: '/visibility', label: F.visibility, kind: 'code', options: [], list: 'visibility', required: true },
    { pointer: '/licence', label: F.licence, kind: 'text' },
  ],
} satisfies Record<string, Spec[]>

const protectionLists: Record<string, string> = { protection_form: 'protection_form', inventory: 'inventory', international: 'international' }

/** The fields of a part; some depend on what is filled in already, as the grades on the scale. */
export function partSpecs(kind: RecordKind, data: JsonObject): Spec[] {
  switch (kind) {
    case 'protection': {
      const register = data.code === 'register'
      return [
        { pointer: '/kind', label: F.kind, kind: 'code', list: 'protection_kind', required: true },
        { pointer: '/code', label: F.entry, kind: 'code', list: protectionLists[String(data.kind)] ?? '', required: true },
        ...(register ? [{ pointer: '/number_raw', label: F.numberRaw, kind: 'text', help: f.help.numberRaw, wide: true } as Spec] : []),
        { pointer: '/entered_on', label: F.enteredOn, kind: 'date' },
        { pointer: '/ended_on', label: F.endedOn, kind: 'date' },
        { pointer: '/decision_number', label: F.decisionNumber, kind: 'text' },
        { pointer: '/authority', label: F.authority, kind: 'text' },
        { pointer: '/scope', label: F.scope, kind: 'long', wide: true },
        ...(register ? [] : [{ pointer: '/number_raw', label: F.numberRaw, kind: 'text', more: true } as Spec]),
        { pointer: '/legal_basis', label: F.legalBasis, kind: 'text', more: true },
        { pointer: '/basis_point', label: F.basisPoint, kind: 'code', options: Object.entries(f.basisPoint).map(([code, label]) => ({ code, label })), numeric: true, more: true },
        { pointer: '/order_number', label: F.orderNumber, kind: 'text', more: true },
        { pointer: '/agreed_on', label: F.agreedOn, kind: 'date', more: true },
        { pointer: '/amended_on', label: F.amendedOn, kind: 'date', more: true },
        { pointer: '/url', label: F.url, kind: 'url', more: true },
        { pointer: '/owner', label: F.owner, kind: 'text', help: f.help.owner, more: true },
        { pointer: '/owner_notified_on', label: F.ownerNotifiedOn, kind: 'date', more: true },
        { pointer: '/note', label: F.note, kind: 'long', wide: true, more: true },
      ]
    }
    case 'inspection': {
      const grades = data.scale === 'heritage' ? 'heritage_grade' : 'asset_grade'
      return [
        { pointer: '/inspected_on', label: F.inspectedOn, kind: 'date', required: true },
        { pointer: '/scale', label: F.scale, kind: 'code', list: 'inspection_scale', required: true },
        { pointer: '/grade', label: F.grade, kind: 'code', list: grades, required: true },
        { pointer: '/trend', label: F.trend, kind: 'code', list: 'trend' },
        { pointer: '/priority', label: F.priority, kind: 'code', list: 'priority' },
        { pointer: '/occupancy', label: F.occupancy, kind: 'code', list: 'occupancy' },
        { pointer: '/survey_access', label: F.surveyAccess, kind: 'code', list: 'survey_access' },
        { pointer: '/method', label: F.method, kind: 'code', list: 'method' },
        { pointer: '/elements', label: F.elements, kind: 'elements', list: grades, wide: true },
        { pointer: '/action', label: F.action, kind: 'long', wide: true },
        { pointer: '/action_cost_pln', label: F.actionCost, kind: 'number', unit: f.unit.pln },
        { pointer: '/action_urgency', label: F.urgency, kind: 'code', list: 'urgency' },
        { pointer: '/observer', label: F.observer, kind: 'text', help: f.help.owner, more: true },
        { pointer: '/source', label: F.source, kind: 'text', more: true },
        { pointer: '/note', label: F.note, kind: 'long', wide: true, more: true },
      ]
    }
    case 'externalId':
      return [
        { pointer: '/scheme', label: F.scheme, kind: 'code', list: 'external_id_scheme', required: true },
        { pointer: '/value', label: F.value, kind: 'text', required: true },
      ]
    case 'media':
      return [
        { pointer: '/alt/pl', label: F.altPl, kind: 'text', lang: 'pl', help: f.help.alt, wide: true },
        { pointer: '/alt/en', label: F.altEn, kind: 'text', lang: 'en', wide: true },
        { pointer: '/author', label: F.author, kind: 'text' },
        { pointer: '/licence', label: F.licence, kind: 'text' },
        { pointer: '/taken_on', label: F.takenOn, kind: 'date' },
        { pointer: '/staff_only', label: F.staffOnly, kind: 'check' },
      ]
    case 'fact':
      return [
        { pointer: '/observed_on', label: F.observedOn, kind: 'date', required: true },
        { pointer: '/method', label: F.method, kind: 'code', list: 'method', required: true },
        { pointer: '/note', label: F.note, kind: 'text', wide: true },
        { pointer: '/observer', label: F.observer, kind: 'text', help: f.help.owner, more: true },
        { pointer: '/source_url', label: F.sourceUrl, kind: 'url', more: true },
        { pointer: '/valid_from', label: F.validFrom, kind: 'date', help: f.help.validity, more: true },
        { pointer: '/valid_until', label: F.validUntil, kind: 'date', more: true },
        { pointer: '/licence', label: F.licence, kind: 'text', more: true },
      ]
    default:
      return []
  }
}

const whole: Record<string, string> = {
  '/geometry': F.geometry, '/heritage': F.heritage, '/infrastructure': F.infrastructure, '/parent_id': F.parent, '/method': F.method, '/stops': F.stops, '/superseded_by': F.supersededBy,
  '/part': F.part, '/attribute': F.attribute, '/state': F.state, '/value': F.value, '/scheme': F.scheme, '/sort': F.sort, '/file': F.file, '/elements': F.elements, '/media_id': F.file,
}

/** Every field of a kind of record. */
export function specsOf(kind: RecordKind, data: JsonObject = {}): Spec[] {
  if (kind === 'place') return Object.values(placeSpecs).flat()
  if (kind === 'product') return Object.values(productSpecs).flat()
  return partSpecs(kind, data)
}

/** labelOf names the field of a pointer; of one within a field, such as /geometry/coordinates/0, that field. */
export function labelOf(kind: RecordKind, pointer: string, data: JsonObject = {}): string {
  const specs = specsOf(kind, data)
  for (let path = pointer; path; path = path.slice(0, path.lastIndexOf('/'))) {
    const label = specs.find((s) => s.pointer === path)?.label ?? whole[path]
    if (label) return label
  }
  return pointer
}

/** Naming says what the fields of a form are called, for forms whose fields are not listed here. */
export interface Naming {
  label: (pointer: string) => string
  spec: (pointer: string) => Spec | undefined
}

/** namingOf names fields after a list of them, and what has no field of its own after whole. */
export function namingOf(specs: readonly Spec[], more: Readonly<Record<string, string>> = {}): Naming {
  const spec = (pointer: string) => specs.find((s) => s.pointer === pointer)
  return {
    spec,
    label: (pointer) => {
      for (let path = pointer; path; path = path.slice(0, path.lastIndexOf('/'))) {
        const label = spec(path)?.label ?? more[path]
        if (label) return label
      }
      return pointer
    },
  }
}

/** columnOf is the field of a pointer under the name that histories have it by. */
export function columnOf(pointer: string): string {
  const renamed: Record<string, string> = { '/geometry': 'geom', '/heritage/category': 'heritage_category', '/infrastructure/category': 'infrastructure_category', '/action': 'action_pl' }
  const found = renamed[pointer]
  if (found) return found
  const steps = pointer.split('/').slice(1)
  if (['address', 'heritage', 'infrastructure'].includes(steps[0] ?? '')) steps.shift()
  return steps.join('_')
}

/** labelOfColumn names a field of a history, and gives its spec for showing its values. */
export function ofColumn(kind: RecordKind, column: string, data: JsonObject = {}): { label: string; spec: Spec | undefined } {
  const spec = specsOf(kind, data).find((s) => columnOf(s.pointer) === column)
  if (spec) return { label: spec.label, spec }
  const pointer = Object.keys(whole).find((p) => columnOf(p) === column)
  return { label: pointer ? whole[pointer]! : column === 'deleted_at' ? F.deleted : column, spec: undefined }
}

/** shown writes a value for reading. */
export function shown(value: Json | undefined, spec?: Spec): string {
  if (value === undefined || value === null || value === '') return f.conflict.absent
  if (typeof value === 'boolean') return value ? t.common.yes : t.common.no
  if (typeof value === 'number') {
    const text = spec?.options?.find((o) => o.code === String(value))?.label ?? (Math.abs(value) < 10_000 ? String(value).replace('.', ',') : number(value, 6))
    return spec?.unit ? `${text} ${spec.unit}` : text
  }
  if (typeof value === 'string') {
    if (spec?.kind === 'code') return vocabulary.label(spec.list ?? '', value)
    if (spec?.kind === 'category') return vocabulary.category(value)
    if (spec?.kind === 'date' || /^\d{4}-\d{2}-\d{2}$/.test(value)) return date(value)
    return value
  }
  if (isObject(value)) {
    if (typeof value.type === 'string' && (value.coordinates || value.geometries)) return shapeOf(value).text
    if ('pl' in value || 'en' in value) return inLanguage(value as { pl?: string; en?: string })
    return Object.values(value).map((one) => shown(one)).join(', ')
  }
  return value.length === 0 ? f.conflict.absent : value.map((one) => shown(one, undefined)).join('; ')
}
