/** The records that are edited: where they are in the API, and what of them a person writes. */
import { tidy, type JsonObject } from './merge'

export type RecordKind = 'place' | 'product' | 'protection' | 'inspection' | 'fact' | 'externalId' | 'media' | 'proposal' | 'fund' | 'group' | 'scenario' | 'standard' | 'override' | 'rate' | 'assumption'

/** The collection of each kind. */
export const collection: Record<RecordKind, string> = {
  place: '/api/v1/places',
  product: '/api/v1/products',
  protection: '/api/v1/protections',
  inspection: '/api/v1/inspections',
  fact: '/api/v1/access-facts',
  externalId: '/api/v1/external-ids',
  media: '/api/v1/media',
  proposal: '/api/v1/planning/proposals',
  fund: '/api/v1/planning/funds',
  group: '/api/v1/planning/groups',
  scenario: '/api/v1/planning/scenarios',
  standard: '/api/v1/planning/standards',
  override: '/api/v1/planning/standard-overrides',
  rate: '/api/v1/planning/unit-rates',
  assumption: '/api/v1/planning/assumptions',
}

/** The members that clients write; whatever else an answer holds is derived. */
const written: Record<RecordKind, readonly string[]> = {
  place: ['name', 'description', 'lifecycle', 'publication', 'visibility', 'geometry', 'accuracy', 'parent_id', 'address', 'website', 'opening_hours', 'heritage', 'infrastructure', 'free', 'method', 'source', 'licence'],
  product: ['kind', 'category', 'status', 'name', 'description', 'plain', 'theme', 'audience', 'free', 'price', 'season', 'valid_from', 'valid_to', 'capacity', 'languages', 'organiser', 'website', 'certificates', 'licence', 'publication', 'visibility', 'geometry', 'method', 'stops'],
  protection: ['place_id', 'kind', 'code', 'number_raw', 'decision_number', 'authority', 'legal_basis', 'basis_point', 'order_number', 'agreed_on', 'entered_on', 'amended_on', 'ended_on', 'scope', 'url', 'note', 'owner', 'owner_notified_on', 'method'],
  inspection: ['place_id', 'inspected_on', 'scale', 'grade', 'trend', 'priority', 'occupancy', 'survey_access', 'elements', 'action', 'action_cost_pln', 'action_urgency', 'note', 'method', 'observer', 'source', 'superseded_by'],
  fact: ['place_id', 'product_id', 'part', 'attribute', 'state', 'value', 'observed_on', 'method', 'observer', 'source_url', 'licence', 'media_id', 'valid_from', 'valid_until', 'superseded_by', 'note'],
  externalId: ['place_id', 'product_id', 'scheme', 'value'],
  media: ['place_id', 'product_id', 'alt', 'author', 'licence', 'taken_on', 'staff_only', 'sort'],
  proposal: ['kind', 'place_id', 'geometry', 'title', 'description', 'status', 'readiness', 'duration_years', 'earliest_year', 'latest_year', 'lock', 'lock_year', 'cost', 'spend_profile', 'running_cost_pln', 'effects', 'support_votes', 'funds', 'prerequisites', 'suggestion', 'method'],
  fund: ['municipality_id', 'name', 'years', 'carry_limit_pln', 'source', 'method'],
  group: ['title', 'proposals'],
  scenario: ['title', 'note', 'first_year', 'years', 'municipalities', 'funds', 'weights', 'spending_floors', 'coverage_floors', 'locks', 'drafts', 'seed', 'discount_percent', 'beta', 'cost_level', 'escalation_percent', 'fairness', 'method'],
  standard: ['code', 'label', 'categories', 'audience', 'mode', 'distance_m', 'min_area_m2', 'min_quality_grade', 'weight', 'legal_basis', 'build_category', 'source', 'proposal', 'ordinal'],
  override: ['standard_id', 'municipality_id', 'distance_m', 'min_area_m2', 'source'],
  rate: ['kind', 'category', 'label', 'pln', 'unit', 'price_year', 'units', 'duration_years', 'running_pln', 'source'],
  assumption: ['value', 'source'],
}

/** inputOf is what of an answer a person writes, as the server would write it: without empty members. */
export function inputOf(kind: RecordKind, answer: object): JsonObject {
  const whole = answer as JsonObject
  return tidy(Object.fromEntries(written[kind].map((name) => [name, whole[name]])))
}
