/** The views people keep of the table: one's own, and those colleagues share. */
import { api, ApiError, ask, askWhole } from '../../api/client'

export interface View {
  id: number
  version: number
  name: string
  workspace: string
  query: string
  shared: boolean
  own: boolean
  owner_name?: string
}

type Loose<T> = Promise<{ data?: T; error?: unknown; response: Response }>

class Views {
  items = $state.raw<View[]>([])
  loaded = $state(false)
  failure = $state.raw<ApiError | null>(null)
  own = $derived(this.items.filter((v) => v.own))
  others = $derived(this.items.filter((v) => !v.own))

  async load(): Promise<void> {
    try {
      this.items = (await ask(api.GET('/api/v1/views' as never, { params: { query: { workspace: 'registry' } } } as never) as Loose<{ items: View[] }>)).items
      this.failure = null
    } catch (cause) {
      this.failure = cause instanceof ApiError ? cause : new ApiError(0, String(cause))
    }
    this.loaded = true
  }

  async save(name: string, query: string, shared: boolean): Promise<View> {
    const { data } = await askWhole(api.POST('/api/v1/views' as never, { body: { name, workspace: 'registry', query, shared } } as never) as Loose<View>)
    await this.load()
    return data
  }

  async change(view: View, changes: Partial<Pick<View, 'name' | 'query' | 'shared'>>): Promise<void> {
    try {
      await ask(api.PATCH('/api/v1/views/{id}' as never, { params: { path: { id: view.id }, header: { 'If-Match': `"v${view.version}"` } }, body: changes, headers: { 'Content-Type': 'application/merge-patch+json' } } as never) as Loose<View>)
    } finally {
      await this.load()
    }
  }

  async remove(view: View): Promise<void> {
    try {
      await ask(api.DELETE('/api/v1/views/{id}' as never, { params: { path: { id: view.id }, header: { 'If-Match': `"v${view.version}"` } } } as never) as Loose<View>)
    } finally {
      await this.load()
    }
  }
}

export const views = new Views()
