/** The entry: texts of the language in use, then the program in place of the text page that the server wrote. */
import './tokens.css'
import './base.css'
import { flushSync, mount } from 'svelte'
import App from './App.svelte'
import { loadBase } from './i18n'
import { mapView } from './map/handle.svelte'
import { boot } from './state/boot'
import { router } from './state/router.svelte'
import { settings } from './state/settings.svelte'
import { vocabulary } from './state/vocabulary.svelte'

declare global {
  interface Window {
    /** Told to boot.js, which shows the text page again when the program did not start; the map is there for tests and for whoever opens the console. */
    wolnica?: { map?: unknown }
  }
}

void start()

/** Not awaited by the module itself: the texts of the language, which it waits for, need what is in the same file. What fails here boot.js hears of. */
async function start(): Promise<void> {
  settings.apply()
  // remembered needs join the address, where everything reads them and from where they can be sent on
  if (boot.needs && router.route.workspace === 'explore') {
    router.set({ ...boot.needs })
  }
  const first = document.getElementById('first')
  // what the server wrote is seen before the program is made; a page in the background is not drawn
  const painted = first && document.visibilityState === 'visible' && new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  // and its list is told in words from the start, as there; whatever comes of them, the program starts
  const words = first && vocabulary.load().catch(() => undefined)
  if (painted) void painted.then(mapView).catch(() => undefined) // App tells of it
  await Promise.all([loadBase(), painted, words])
  const target = document.getElementById('app') ?? document.body.appendChild(document.createElement('div'))
  target.id = 'app'
  for (const child of [...document.body.children]) {
    if (child !== target && child.tagName !== 'SCRIPT') child.remove()
  }
  window.wolnica = {}
  const takeOver = first && taking(first)
  target.replaceChildren()
  mount(App, { target })
  flushSync()
  takeOver?.()
}

/** What somebody did in the first view before the program came, to be done in the program's own: where the list stood, what was typed, and where the focus was. */
function taking(view: HTMLElement): () => void {
  const field = view.querySelector<HTMLInputElement>('#search')
  const focused = document.activeElement
  const link = focused instanceof HTMLAnchorElement && view.contains(focused) ? focused.getAttribute('href') : null
  const scrolled = view.querySelector('#panel')?.scrollTop ?? 0
  return () => {
    document.getElementById('panel')?.scrollTo({ top: scrolled })
    const now = document.getElementById('search')
    if (field && now instanceof HTMLInputElement) {
      if (focused === field) now.focus({ preventScroll: true })
      if (field.value !== now.value) {
        now.value = field.value
        now.dispatchEvent(new Event('input', { bubbles: true }))
      }
      if (focused === field) now.setSelectionRange(field.selectionStart, field.selectionEnd)
    }
    if (link) [...document.querySelectorAll<HTMLAnchorElement>('#app a')].find((a) => a.getAttribute('href') === link)?.focus({ preventScroll: true })
  }
}
