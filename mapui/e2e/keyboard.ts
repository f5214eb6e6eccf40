/** What the tests with the keyboard alone have in common: where the focus is, and how one comes to something. */
import type { Page } from 'playwright-core'

/** The name of what has the focus, as a screen reader says it. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const e = document.activeElement
    if (!(e instanceof HTMLElement)) return ''
    const label = e instanceof HTMLInputElement || e instanceof HTMLSelectElement || e instanceof HTMLTextAreaElement ? (e.labels?.[0]?.innerText ?? '') : /^(A|BUTTON|H[1-6]|SUMMARY)$/.test(e.tagName) ? e.innerText : ''
    return (e.getAttribute('aria-label') ?? label).replace(/\s+/g, ' ').trim()
  })
}

/** Presses Tab until what is named so, or begins so, has the focus. */
export async function tabTo(page: Page, name: string, back = false): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if ((await focused(page)).startsWith(name)) return
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
  }
  throw new Error(`Tab never came to "${name}"; the focus is on "${await focused(page)}"`)
}

/** Comes to a field and types what it is to hold. */
export async function typeInto(page: Page, name: string, text: string, back = false): Promise<void> {
  await tabTo(page, name, back)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

/** Comes to a choice and takes an option of it, going down the list with the arrow. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await tabTo(page, name)
  const chosen = () => page.evaluate(() => (document.activeElement instanceof HTMLSelectElement ? (document.activeElement.selectedOptions[0]?.textContent ?? '').trim() : ''))
  // the options may still be on their way
  await page.waitForFunction((text) => document.activeElement instanceof HTMLSelectElement && [...document.activeElement.options].some((o) => o.text.includes(text)), option)
  await page.keyboard.press('Home')
  for (let before: string | null = null, now = await chosen(); now !== before; before = now, now = await chosen()) {
    if (now.includes(option)) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`"${name}" has no option "${option}"`)
}
