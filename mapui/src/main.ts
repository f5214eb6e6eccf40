/** The entry: texts of the language in use, then the program in place of the text page that the server wrote. */
import './tokens.css'
import './base.css'
import { mount } from 'svelte'
import { loadBase } from './i18n'
import { boot } from './state/boot'
import { router } from './state/router.svelte'
import { settings } from './state/settings.svelte'

declare global {
  interface Window {
    /** Told to boot.js, which shows the text page again when the program did not start; the map is there for tests and for whoever opens the console. */
    wolnica?: { map?: unknown }
  }
}

settings.apply()
// remembered needs join the address, where everything reads them and from where they can be sent on
if (boot.needs && router.route.workspace === 'explore') {
  router.set({ ...boot.needs })
}
const [{ default: App }] = await Promise.all([import('./App.svelte'), loadBase()])
const target = document.getElementById('app') ?? document.body.appendChild(document.createElement('div'))
target.id = 'app'
// the styles of the text page would get into the program's way
for (const link of document.querySelectorAll('link[href^="/site.css"]')) link.remove()
for (const child of [...document.body.children]) {
  if (child !== target && child.tagName !== 'SCRIPT') child.remove()
}
window.wolnica = {}
mount(App, { target })
