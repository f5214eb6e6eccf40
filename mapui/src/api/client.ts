/** The registry's API, typed from its own OpenAPI document (openapi.json; `npm run types`). */
import createClient from 'openapi-fetch'
import { lang, t } from '../i18n'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type { paths } from './schema'

/** The question that an address of the API answers. One that comes from the address of the page is read, and refused, by the server. */
export type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? Q : never

/** A field that an answer says is wrong: its JSON pointer or query parameter, and why. */
export interface FieldProblem {
  pointer?: string
  parameter?: string
  code: string
  detail: string
}

/** A request that was refused (an RFC 9457 problem) or got no answer (status 0). The message is for the person at the screen, in their language. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: FieldProblem[] = [],
    readonly instance = '',
    readonly type = '',
  ) {
    super(message)
  }

  /** Tells a failure of the connection, which another try may mend, from a refusal. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

export const api = createClient<paths>({ baseUrl: '', headers: { 'Accept-Language': lang, Accept: 'application/json' } })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** ask gives what a request answered, or throws an ApiError: `const place = await ask(api.GET('/api/v1/places/{id}', …))`. */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await askWhole(request)).data
}

/** askWhole gives the answer with its headers, such as the ETag a change needs. */
export async function askWhole<T>(request: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let answer: Answer<T>
  try {
    answer = await request
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, t.common.networkError)
  }
  if (!answer.response.ok && answer.response.status !== 304) throw problem(answer.response.status, answer.error)
  return { data: answer.data as T, response: answer.response }
}

/** problem reads an RFC 9457 document; what is none, such as a proxy's page, becomes a plain message. */
export function problem(status: number, body: unknown): ApiError {
  const of = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (name: string) => (typeof of[name] === 'string' ? of[name] : '')
  const fields = Array.isArray(of.errors) ? (of.errors as FieldProblem[]) : []
  const fallback = status === 429 ? t.common.tooMany : `${t.common.error} ${status}`
  return new ApiError(status, text('detail') || text('title') || fallback, fields, text('instance'), text('type'))
}

/** failureOf is what went wrong as an ApiError, so that it can be shown. */
export const failureOf = (cause: unknown) => (cause instanceof ApiError ? cause : new ApiError(0, String(cause)))

/** aborted tells an answer nobody waits for any more. */
export const aborted = (cause: unknown) => cause instanceof DOMException && cause.name === 'AbortError'
