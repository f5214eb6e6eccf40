/** The file on its way to the server. It goes on while one looks at other pages of the program, and the file of a dry run is kept, so that it can be imported for real. */
import { ApiError, problem, type Schemas } from '../../api/client'
import { lang, t } from '../../i18n'
import type { ImportForm, ImportInput } from './form'

type Import = Schemas['Import']

interface Kept {
  file: File
  form: ImportForm
}

class Upload {
  /** What is being sent; null when nothing is. */
  sending = $state.raw<{ name: string; size: number } | null>(null)
  /** The share of the file that is sent, 0 to 1. */
  share = $state(0)
  #request: XMLHttpRequest | null = null
  #kept = new Map<number, Kept>()

  /** The file and the settings of an import begun in this tab. */
  kept(id: number): Kept | undefined {
    return this.#kept.get(id)
  }

  /** Sends a file and gives the import that was begun, or throws an ApiError, or an AbortError after stop. */
  async send(input: ImportInput, file: File, form: ImportForm): Promise<Import> {
    this.stop()
    const request = (this.#request = new XMLHttpRequest())
    this.sending = { name: file.name, size: file.size }
    this.share = 0
    addEventListener('beforeunload', warn)
    try {
      const begun = await new Promise<Import>((resolve, reject) => {
        request.open('POST', '/api/v1/imports')
        request.responseType = 'text'
        request.setRequestHeader('Accept', 'application/json')
        request.setRequestHeader('Accept-Language', lang)
        request.upload.onprogress = (event) => {
          if (event.lengthComputable && event.total > 0) this.share = event.loaded / event.total
        }
        request.onload = () => {
          const body = parsed(request.responseText)
          if (request.status === 202) resolve(body as Import)
          else reject(problem(request.status, body))
        }
        request.onerror = () => reject(new ApiError(0, t.common.networkError))
        request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
        const parts = new FormData() // the server reads what is to be done before the file
        parts.append('record', JSON.stringify(input))
        parts.append('file', file, file.name)
        request.send(parts)
      })
      this.#kept.set(begun.id, { file, form: { ...form } })
      return begun
    } finally {
      if (this.#request === request) {
        this.#request = null
        this.sending = null
        removeEventListener('beforeunload', warn)
      }
    }
  }

  /** Gives up what is being sent. */
  stop(): void {
    this.#request?.abort()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null // not the server's own answer: the status says enough
  }
}

const warn = (event: BeforeUnloadEvent) => event.preventDefault()

export const upload = new Upload()
