/** What a screen reader is told of changes one does not see happen (WCAG 4.1.3): counts of results, what was saved. */
class Announcer {
  text = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Says a text, in place of one not said yet. The same text said again is said again. */
  say(text: string): void {
    clearTimeout(this.#timer)
    this.text = ''
    this.#timer = setTimeout(() => (this.text = text), 120)
  }
}

export const announcer = new Announcer()
export const announce = (text: string) => announcer.say(text)
