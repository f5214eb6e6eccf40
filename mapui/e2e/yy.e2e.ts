/** The heritage officer and the registry's staff: find, record, correct, decide and import, with the mouse, with the keyboard alone, and in the field. */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { address, drawn, launch, visit, withMap } from './browser'
import { choose, focused, tabTo, typeInto } from './keyboard'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('whatever is typed into the record, its parts and the report is shown as text, and never runs', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Sonda', { infrastructure: { category: 'park' } })
  await page.goto(`/ewidencja/miejsca/${id}`)
  const form = page.locator('form').filter({ has: page.getByRole('heading', { name: 'Nazwa i opis' }) })
  expect(await fillWithProbe(page, form, 'Zapisz zmiany', async () => (await form.getByText('Zapisano.', { exact: true }).count()) > 0)).toBeGreaterThan(12)
  const parts = [['Ochrona', 'Dodaj wpis o ochronie', 'Zapisz', 6], ['Przeglądy', 'Dodaj przegląd', 'Zapisz', 3], ['Identyfikatory', 'Dodaj identyfikator', 'Zapisz', 1], ['Dostępność', /^Uzupełnij/, /^Zapisz/, 1]] as const
  for (const [section, add, saves, least] of parts) {
    const region = page.getByRole('region', { name: section, exact: true })
    if (section === 'Dostępność') await region.locator('summary').first().click()
    await region.getByRole('button', { name: add }).first().click()
    const part = region.locator('form')
    await part.getByRole('heading').first().waitFor()
    if (section === 'Przeglądy') {
      await part.getByRole('combobox', { name: /^Ocena/ }).selectOption({ index: 1 })
      await part.getByRole('button', { name: 'Dodaj element' }).click()
      await part.getByRole('combobox', { name: 'Ocena', exact: true }).last().selectOption({ index: 1 })
    }
    if (section === 'Identyfikatory') await part.getByRole('combobox').selectOption({ index: 1 })
    if (section === 'Dostępność') await part.locator('.values select').first().selectOption({ index: 1 })
    for (const more of await part.locator('details:not([open]) > summary').all()) await more.click()
    expect(await fillWithProbe(page, part, saves, async () => (await part.count()) === 0), section).toBeGreaterThanOrEqual(least)
    await unharmed(page, section)
  }
  await page.getByRole('region', { name: 'Historia' }).getByText(PROBE).first().waitFor()

  const visitor = await visit(browser)
  await visitor.page.goto(`/miejsca/${id}`)
  await visitor.page.getByRole('heading', { level: 1 }).getByText(PROBE).waitFor()
  await visitor.page.getByRole('button', { name: 'Zgłoś zmianę' }).click()
  const report = visitor.page.getByRole('dialog')
  for (const part of ['Popraw dane', 'Opisz dostępność']) await report.getByText(part, { exact: true }).click()
  await report.getByRole('button', { name: 'Pokaż wszystkie pytania' }).click()
  // what the record has already is no change
  expect(await fillWithProbe(visitor.page, report, 'Wyślij zgłoszenie', async () => (await visitor.page.getByText(/Numer zgłoszenia/).count()) > 0, PROBE + '!')).toBeGreaterThan(5)
  await unharmed(visitor.page, 'the report')

  for (const path of ['/ewidencja/zgloszenia', `/miejsca/${id}`, '/ewidencja?q=probed&columns=name,address,protection,dating,operator,hours,website,source,licence', '/ewidencja/kolejki', `/miejsca/${id}?wersja=tekst`]) {
    await page.goto(path)
    await page.getByText(PROBE.slice(0, 40)).first().waitFor({ state: 'attached' })
    await unharmed(page, path)
    if (path === '/ewidencja/zgloszenia') {
      await page.getByRole('link', { name: PROBE }).first().click()
      await page.getByRole('button', { name: 'Przyjmij wszystko' }).click()
      await unharmed(page, 'the review')
    }
  }
  expect([...visitor.complaints, ...complaints]).toEqual([])
  await visitor.context.close()
  await context.close()
})

function officer() {
  const account = inject('accounts').heritage_officer
  if (!account) throw new Error('no demonstration account of an officer')
  return account
}

const query = (page: Page) => new URL(page.url()).searchParams
const names = (table: Locator) => table.getByRole('rowheader').allInnerTexts()
const field = (within: Page | Locator, name: string) => within.getByRole('textbox', { name: new RegExp(`^${name}`) })

/** Saves the record that is edited, and waits until the server has it. */
async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Zapisz zmiany' }).click()
  await page.getByText('Zapisano.', { exact: true }).first().waitFor()
}

/** A place as the API has it. */
async function record(context: BrowserContext, id: number): Promise<{ version: number; name: { pl: string }; protections: string[]; condition: { grade?: string }; geometry: { coordinates: number[] }; infrastructure?: { operator?: string } }> {
  const answer = await context.request.get(`/api/v1/places/${id}`)
  expect(answer.status()).toBe(200)
  return (await answer.json()) as never
}

/** Saves with the keyboard alone. */
async function saveByKeyboard(page: Page): Promise<void> {
  await tabTo(page, 'Zapisz zmiany')
  await page.keyboard.press('Enter')
  await page.getByText('Zapisano.', { exact: true }).first().waitFor()
}

/** Makes a published place in the officer's municipality: a heritage site unless told otherwise. */
async function place(context: BrowserContext, name: string, more: Record<string, unknown> = {}): Promise<number> {
  const answer = await context.request.post('/api/v1/places', {
    headers: { Origin: address() },
    data: { name: { pl: name }, lifecycle: 'existing', publication: 'published', visibility: 'public', geometry: { type: 'Point', coordinates: [20.0655, 49.9831] }, accuracy: 'within_10m', heritage: { category: 'manor' }, ...more },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  return ((await answer.json()) as { id: number }).id
}

/** The Polish names of places that are found by a word. */
async function found(context: BrowserContext, word: string): Promise<string[]> {
  const answer = await context.request.get(`/api/v1/places?q=${word}&fields=name`)
  return ((await answer.json()) as { items: { name: { pl: string } }[] }).items.map((i) => i.name.pl)
}

/** The figures of an import, by their names. */
function counts(page: Page): Promise<Record<string, string>> {
  return page.getByRole('main').evaluate((main) => Object.fromEntries([...main.querySelectorAll('dl > div')].map((d) => [d.querySelector('dt')?.textContent ?? '', d.querySelector('dd')?.textContent ?? ''])))
}

/** What would run in a page that takes text for markup, and shows 49 in one that takes it for a template. */
const PROBE = '"><img src=x onerror="window.probed=1"><script>window.probed=1</script>{{7*7}}'

/** Types the probe into every text field of a form and sends it; what the server refuses is emptied. Gives how many fields took it. */
async function fillWithProbe(page: Page, form: Locator, button: string | RegExp, done: () => Promise<boolean>, probe = PROBE): Promise<number> {
  const boxes = form.getByRole('textbox').and(page.locator('input:not([type=date]), textarea'))
  await boxes.first().waitFor()
  const all = await boxes.all()
  for (const box of all) if (await box.isEditable()) await box.fill(probe)
  // of values of the wrong type the server names the first alone
  for (let round = 0; round < all.length; round++) {
    const took = (await boxes.evaluateAll((fields) => fields.map((f) => (f as HTMLInputElement).value))).filter((value) => value === probe).length
    await form.getByRole('button', { name: button }).last().click()
    const refused = async () => (await form.locator('[aria-invalid="true"]').count()) > 0
    console.log('ROUND', round, String(button), took); try { await expect.poll(async () => (await done()) || (await refused()), { timeout: 30_000 }).toBe(true) } catch (e) { await page.screenshot({ path: '/tmp/xss.png' }); console.log('XSSFAIL', String(button), await form.innerText()); throw e }
    await unharmed(page, String(button))
    if (await done()) return took
    for (const wrong of (await form.locator('[aria-invalid="true"]').all()).reverse()) await wrong.fill('')
  }
  throw new Error(`"${String(button)}" was refused again and again: ${await form.innerText()}`)
}

/** Expects that nothing of the probe became markup. */
async function unharmed(page: Page, where: string): Promise<void> {
  expect(await page.evaluate(() => 'probed' in window), where).toBe(false)
  expect(await page.locator('img[src="x"]').count(), where).toBe(0)
}
