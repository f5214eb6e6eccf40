/** What this browser remembers of how one likes the program; nothing about the person. */
import type { Theme } from '../map/palette'

function remembered(name: string): string {
  try {
    return localStorage.getItem('wolnica.' + name) ?? ''
  } catch {
    return '' // storage may be forbidden; then nothing is remembered
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem('wolnica.' + name, value)
  } catch {
    // as above
  }
}

const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null

class Settings {
  /** auto follows the system. */
  themeChoice = $state<'auto' | Theme>((['light', 'dark'].includes(remembered('theme')) ? remembered('theme') : 'auto') as 'auto' | Theme)
  #systemDark = $state(dark?.matches ?? false)
  theme = $derived<Theme>(this.themeChoice === 'auto' ? (this.#systemDark ? 'dark' : 'light') : this.themeChoice)
  /** The ground under the map; an online one is never remembered, so that it is asked for each time. */
  ground = $state<'schematic' | 'file' | 'online'>('file')
  /** The ground that was chosen last could not be had. */
  groundFailed = $state(false)

  constructor() {
    dark?.addEventListener('change', (event) => (this.#systemDark = event.matches))
  }

  setTheme(choice: 'auto' | Theme): void {
    this.themeChoice = choice
    remember('theme', choice)
    this.apply()
  }

  apply(): void {
    if (this.themeChoice === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = this.themeChoice
  }
}

export const settings = new Settings()
