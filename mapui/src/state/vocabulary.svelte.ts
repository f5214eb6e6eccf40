/** Categories, municipalities and code lists, read once: what codes are called in the language of the page. */
import { api, ask, type Schemas } from '../api/client'
import { inLanguage } from '../i18n'

export type Category = Schemas['Category']
export type Municipality = Schemas['Municipality']
export type Attribute = Schemas['AccessAttribute']

class Vocabulary {
  categories = $state.raw<Category[]>([])
  municipalities = $state.raw<Municipality[]>([])
  #category = $derived(new Map(this.categories.map((c) => [c.code, c])))
  #municipality = $derived(new Map(this.municipalities.map((m) => [m.teryt, m])))
  #lists: Promise<Map<string, Map<string, string>>> | null = null
  #labels = $state.raw<Map<string, Map<string, string>>>(new Map())
  /** The attributes of access facts in the reference's order, once the lists are loaded. */
  attributes = $state.raw<ReadonlyMap<string, Attribute>>(new Map())
  #loading: Promise<void> | null = null

  /** Loads what the lists beside the map need: categories and municipalities. */
  load(): Promise<void> {
    this.#loading ??= Promise.all([ask(api.GET('/api/v1/categories')), ask(api.GET('/api/v1/municipalities'))]).then(
      ([categories, municipalities]) => {
        this.categories = categories.items
        this.municipalities = municipalities.items
      },
      (cause: unknown) => {
        this.#loading = null
        throw cause
      },
    )
    return this.#loading
  }

  /** Loads the code lists of forms, too. */
  async loadLists(): Promise<void> {
    this.#lists ??= ask(api.GET('/api/v1/vocabularies')).then((all) => {
      const lists = new Map(all.lists.map((list) => [list.name, new Map(list.entries.map((e) => [e.code, inLanguage(e.label)]))]))
      this.#labels = lists
      this.attributes = new Map(all.access_attributes.map((a) => [a.code, a]))
      return lists
    })
    this.#lists.catch(() => (this.#lists = null)) // the next to ask tries again
    await this.#lists
  }

  /** The label of a code in a list, such as label('protection_form', 'register'); the code itself while the lists are not loaded. */
  label(list: string, code: string | null | undefined): string {
    if (!code) return ''
    return this.#labels.get(list)?.get(code) ?? code
  }

  /** The entries of a list in its own order. */
  entries(list: string): { code: string; label: string }[] {
    return [...(this.#labels.get(list) ?? [])].map(([code, label]) => ({ code, label }))
  }

  categoryOf(code: string | undefined): Category | undefined {
    return code ? this.#category.get(code) : undefined
  }

  category(code: string | undefined): string {
    const label = inLanguage(this.categoryOf(code)?.label)
    return label ? label[0]!.toLocaleUpperCase() + label.slice(1) : (code ?? '')
  }

  icon(code: string | undefined): string {
    return this.categoryOf(code)?.icon ?? 'marker'
  }

  municipality(teryt: string | undefined): string {
    return (teryt && this.#municipality.get(teryt)?.name) || ''
  }
}

export const vocabulary = new Vocabulary()
