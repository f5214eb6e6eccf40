/** The planner: looks at condition, barriers, protection and municipalities, and comes to the places that need most, with the mouse and with the keyboard alone. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawn, launch, visit, withMap } from './browser'
import { choose, focused, tabTo } from './keyboard'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

test('with the mouse: condition, barriers of a profile, zones of protection, municipalities by an indicator, a place in need', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'planner' })
  await page.goto('/inwestycje')
  const list = page.getByRole('region', { name: 'Miejsca według potrzeby' })
  // the worst condition stands first, and the list counts what the summary counts
  await expect.poll(async () => (await groups(list)).map((g) => g.name).slice(0, 3)).toEqual(['Stan bardzo zły (5)', 'Stan zły (4)', 'Bez żadnego przeglądu'])
  const bad = await page.getByRole('region', { name: 'W skrócie' }).getByRole('listitem').filter({ hasText: 'w stanie złym i bardzo złym' }).innerText()
  const counted = await groups(list)
  expect(Number(/(\d+) z \d+ ocenionych/.exec(bad)?.[1])).toBe((counted[0]?.count ?? 0) + (counted[1]?.count ?? 0))
  await drawn(page)
  expect(await withMap(page, (map) => map.querySourceFeatures('registry', { sourceLayer: 'places' }).length > 0, null)).toBe(true)

  await layer(page, 'Bariery').click()
  await page.getByRole('combobox', { name: 'Czyje bariery' }).selectOption({ label: 'niewidomi i słabowidzący' })
  await expect.poll(() => query(page).get('profile')).toBe('blind')
  await expect.poll(async () => (await groups(list)).map((g) => g.name)).toEqual(['Niedostępne', 'Nie wiadomo', 'Dostępne z pomocą', 'Dostępne'])
  // every one says which link of the chain breaks
  await list.getByRole('listitem').first().getByText(/^Zrywa się: /).waitFor()

  await layer(page, 'Strefy ochrony').click()
  const forms = page.getByRole('group', { name: 'Formy ochrony' })
  await forms.getByRole('checkbox', { name: /^Wpis do rejestru/ }).uncheck()
  await expect.poll(async () => (await groups(list)).map((g) => g.name)).not.toContain('Wpis do rejestru zabytków')
  expect(query(page).get('protection')).not.toMatch(/(^|,)register(,|$)/)
  await drawn(page)
  await expect.poll(() => withMap(page, (map) => map.getLayer('planning-unesco_property-area') !== undefined && map.getLayer('planning-register-area') === undefined, null)).toBe(true)

  await layer(page, 'Porównanie gmin').click()
  await page.getByRole('combobox', { name: 'Wskaźnik' }).selectOption({ label: 'Dostępne: wózek ręczny' })
  const table = page.getByRole('table', { name: /w gminach$/ })
  await table.getByRole('button', { name: /^Gmina/ }).click()
  const rows = await table.getByRole('rowheader').allInnerTexts()
  expect(rows).toHaveLength(15)
  expect(rows.every((name, i) => i === 0 || name.localeCompare(rows[i - 1] ?? '', 'pl') >= 0)).toBe(true)
  // the map shades each municipality by the class of its value
  await drawn(page)
  await expect.poll(() => withMap(page, (map) => new Set(map.querySourceFeatures('ground', { sourceLayer: 'municipalities' }).map((f) => f.id)).size > 10 && map.getLayer('planning-class') !== undefined, null)).toBe(true)
  await table.getByRole('button', { name: 'Skawina' }).click()
  await expect.poll(() => query(page).get('municipality')).toMatch(/^\d{7}$/)
  await expect.poll(async () => (await list.getByRole('listitem').allInnerTexts()).every((text) => text.includes('Skawina'))).toBe(true)
  await list.getByRole('heading', { level: 4 }).getByRole('link').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/miejsca\/\d+/)
  expect(complaints).toEqual([])
  await context.close()
})

test('with the keyboard alone: a layer, an indicator, a municipality, a place in need', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'planner' })
  await page.goto('/')
  await page.getByRole('combobox', { name: 'Dokąd?' }).waitFor()
  await tabTo(page, 'Inwestycje')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Inwestycje')
  // the arrows go through the layers, as through any radio buttons
  await tabTo(page, 'Stan')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => query(page).get('warstwa')).toBe('bariery')
  await choose(page, 'Czyje bariery', 'wózek dziecięcy')
  await expect.poll(() => query(page).get('profile')).toBe('pram')
  await tabTo(page, 'Bariery', true)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => query(page).get('warstwa')).toBe(null)
  await page.keyboard.press('ArrowLeft') // round, to the last
  await expect.poll(() => query(page).get('warstwa')).toBe('gminy')
  await choose(page, 'Wskaźnik', 'Bez żadnego przeglądu')
  await tabTo(page, 'Niepołomice')
  await page.keyboard.press('Enter')
  const list = page.getByRole('region', { name: 'Miejsca według potrzeby' })
  await expect.poll(async () => (await list.getByRole('listitem').allInnerTexts()).filter((text) => !text.includes('Niepołomice'))).toEqual([])
  const open = list.getByRole('heading', { level: 4 }).getByRole('link').first()
  const name = await open.innerText()
  await tabTo(page, name)
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe(name)
  expect(complaints).toEqual([])
  await context.close()
})

test('indicators that change faster than the map is drawn do not break it', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'planner' })
  await page.goto('/inwestycje?warstwa=gminy')
  await drawn(page)
  const select = page.getByRole('combobox', { name: 'Wskaźnik' })
  const values = await select.locator('option').evaluateAll((options) => options.map((o) => (o as HTMLOptionElement).value))
  expect(values.length).toBeGreaterThan(5)
  for (let round = 0; round < 3; round++) {
    // steps within a frame, and steps that let the workers answer in between
    for (const [i, value] of values.entries()) {
      await select.selectOption(value)
      await page.waitForTimeout((i % 4) * 25)
    }
  }
  await drawn(page)
  expect(complaints).toEqual([])
  await context.close()
})

const query = (page: Page) => new URL(page.url()).searchParams
const layer = (page: Page, name: string) => page.getByRole('group', { name: 'Warstwa' }).getByText(name, { exact: true })

/** The groups of the list, in their order, with how many places each has. */
async function groups(list: Locator): Promise<{ name: string; count: number }[]> {
  const texts = await list.getByRole('heading', { level: 3 }).getByRole('button').allInnerTexts()
  return texts.map((text) => {
    const [, name = '', count = ''] = /^\s*(.*?)\s*\n\s*([\d\s]+) miejs/s.exec(text) ?? []
    return { name, count: Number(count.replace(/\s/g, '')) }
  })
}
