/** The views people keep of the table: one's own, and those colleagues share. */
import { api, ask, failureOf, type ApiError, type Schemas } from '../../api/client'

export type View = Schemas['SavedView']

class Views {
  items = $state.raw<View[]>([])
  loaded = $state(false)
  failure = $state.raw<ApiError | null>(null)
  own = $derived(this.items.filter((v) => v.own))
  others = $derived(this.items.filter((v) => !v.own))

  async load(): Promise<void> {
    try {
      this.items = (await ask(api.GET('/api/v1/views', { params: { query: { workspace: 'registry' } } }))).items
      this.failure = null
    } catch (cause) {
      this.failure = failureOf(cause)
    }
    this.loaded = true
  }

  async save(name: string, query: string, shared: boolean): Promise<void> {
    await ask(api.POST('/api/v1/views', { body: { name, workspace: 'registry', query, shared } }))
    await this.load()
  }

  async change(view: View, changes: Partial<Pick<View, 'name' | 'query' | 'shared'>>): Promise<void> {
    try {
      await ask(api.PATCH('/api/v1/views/{id}', { params: { path: { id: view.id }, header: match(view) }, body: changes, headers: { 'Content-Type': 'application/merge-patch+json' } }))
    } finally {
      await this.load()
    }
  }

  async remove(view: View): Promise<void> {
    try {
      await ask(api.DELETE('/api/v1/views/{id}', { params: { path: { id: view.id }, header: match(view) } }))
    } finally {
      await this.load()
    }
  }
}

function match(view: View) {
  return { 'If-Match': `"v${view.version}"` }
}

export const views = new Views()
