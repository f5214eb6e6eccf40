/** A list that comes a page at a time. What is not waited for any more is not shown. */
import { aborted, failureOf, type ApiError } from '../../api/client'

interface Page<T> {
  items: T[]
  next?: string
}

export class Pages<T, P extends Page<T> = Page<T>> {
  items = $state.raw<T[]>([])
  next = $state<string | undefined>(undefined)
  loading = $state(true)
  failure = $state.raw<ApiError | null>(null)
  /** The first page, which has the counts. */
  first = $state.raw<P | null>(null)
  #abort: AbortController | null = null

  constructor(readonly ask: (query: Record<string, string>, signal: AbortSignal) => Promise<P>) {}

  /** Loads the first page of a question, or the next one. It tells whether this is what is shown now. A page without items is followed by the next. */
  async load(query: Record<string, string>, more = false): Promise<boolean> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    try {
      let page = await this.ask(more && this.next ? { ...query, cursor: this.next } : query, abort.signal)
      if (!more) this.first = page
      while (page.items.length === 0 && page.next) page = await this.ask({ ...query, cursor: page.next }, abort.signal)
      this.items = more ? [...this.items, ...page.items] : page.items
      this.next = page.next
      this.failure = null
      this.loading = false
      return true
    } catch (cause) {
      if (aborted(cause)) return false
      this.failure = failureOf(cause)
      this.loading = false
      return false
    }
  }

  stop(): void {
    this.#abort?.abort()
  }
}
