/** Every route and state of the map, for axe: nothing may be wrong. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, drawn, enter, launch, visit, visitor } from './browser'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

interface State {
  name: string
  path: string
  as?: string
  /** Brings the page from the address into the state. */
  then?: (page: Page) => Promise<void>
}

const h1 = (page: Page) => page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })

const states: State[] = [
  { name: 'explore', path: '/', then: drawn },
  { name: 'explore with needs', path: '/?profile=wheelchair&m=14/50.06/19.94', then: drawn },
  { name: 'needs dialog', path: '/', then: async (page) => {
    await page.getByRole('button', { name: 'Wybierz potrzeby' }).click()
    await page.getByRole('checkbox', { name: 'Wózek ręczny' }).check()
    await page.getByRole('textbox', { name: /Szerokość wózka/ }).fill('1')
    await page.getByRole('button', { name: 'Zastosuj' }).click()
    await page.getByText('Podaj liczbę z podanego zakresu.').waitFor()
  } },
  { name: 'filters', path: '/?profile=wheelchair&fit=help', then: async (page) => {
    await page.getByRole('button', { name: /^Filtry/ }).click()
    await page.getByRole('combobox', { name: 'Gmina' }).waitFor()
  } },
  { name: 'suggestions', path: '/', then: async (page) => {
    await page.getByRole('combobox', { name: 'Dokąd?' }).pressSequentially('wie')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('ArrowDown')
  } },
  { name: 'layers', path: '/', then: async (page) => {
    await drawn(page)
    await page.getByRole('button', { name: 'Warstwy i podkład' }).click()
    await page.getByRole('heading', { name: 'Legenda' }).waitFor()
  } },
  { name: 'measuring', path: '/', then: async (page) => {
    await drawn(page)
    await page.getByRole('button', { name: 'Zmierz odległość' }).click()
    await page.getByRole('button', { name: 'Dodaj punkt na środku mapy' }).click()
  } },
  { name: 'an empty list', path: '/?q=nichtsdergleichen', then: async (page) => page.getByText('Nic tu nie pasuje.').waitFor() },
  { name: 'a list that failed', path: '/', then: async (page) => {
    await page.route('**/api/v1/map/places*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Błąd","detail":"Coś nie wyszło."}' }))
    await page.reload()
    await page.getByRole('alert').waitFor()
  } },
  { name: 'products', path: '/produkty', then: drawn },
  { name: 'a place', path: '/miejsca/57-synagoga-stara?profile=wheelchair', then: h1 },
  { name: 'a place without needs', path: '/miejsca/44', then: h1 },
  { name: 'a place that is not there', path: '/', then: async (page) => {
    await h1(page)
    await page.evaluate(() => {
      const a = document.createElement('a')
      a.href = '/miejsca/99999999'
      document.body.append(a)
      a.click()
      a.remove()
    })
    await page.waitForURL(/99999999/)
    await page.waitForTimeout(800)
  } },
  { name: 'a product', path: '/produkty/1', then: h1 },
  { name: 'registry', path: '/ewidencja', as: 'admin', then: h1 },
  { name: 'a new record', path: '/ewidencja/nowe', as: 'admin', then: h1 },
  { name: 'a record', path: '/ewidencja/miejsca/57', as: 'admin', then: h1 },
  { name: 'a product record', path: '/ewidencja/produkty/1', as: 'admin', then: h1 },
  { name: 'queues', path: '/ewidencja/kolejki', as: 'admin', then: h1 },
  { name: 'reports', path: '/ewidencja/zgloszenia', as: 'admin', then: h1 },
  { name: 'imports', path: '/ewidencja/importy', as: 'admin', then: h1 },
  { name: 'planning', path: '/inwestycje', as: 'planner', then: h1 },
  { name: 'programmes', path: '/inwestycje/programy', as: 'planner', then: h1 },
  { name: 'gaps', path: '/inwestycje/braki', as: 'planner', then: async (page) => { await page.getByRole('heading', { name: 'Dlaczego' }).waitFor() } },
  { name: 'forecast', path: '/inwestycje/prognoza', as: 'planner', then: async (page) => { await page.getByRole('heading', { name: 'Jeśli nikt nic nie zrobi' }).waitFor() } },
  { name: 'proposals', path: '/inwestycje/propozycje', as: 'planner', then: h1 },
  { name: 'a new proposal', path: '/inwestycje/propozycje/nowa', as: 'planner', then: h1 },
  { name: 'a programme', path: '/inwestycje/programy/2', as: 'planner', then: h1 },
  { name: 'a new scenario', path: '/inwestycje/programy', as: 'planner', then: async (page) => {
    await page.getByRole('button', { name: 'Nowy scenariusz' }).click()
    await page.getByRole('group', { name: 'Wagi kryteriów' }).waitFor()
  } },
  { name: 'a programme by year', path: '/inwestycje/programy/1', as: 'planner', then: async (page) => page.getByRole('list', { name: 'Program w latach' }).waitFor() },
  { name: 'a programme as a list', path: '/inwestycje/programy/1?widok=lista', as: 'planner', then: async (page) => page.getByRole('button', { name: /^Dlaczego/ }).first().click() },
  { name: 'the budget of a programme', path: '/inwestycje/programy/1?widok=budzet', as: 'planner', then: async (page) => page.getByRole('table', { name: 'Budżet' }).waitFor() },
  { name: 'a programme by municipality', path: '/inwestycje/programy/1?widok=gminy', as: 'planner', then: async (page) => page.getByRole('table', { name: 'Gminy' }).waitFor() },
  { name: 'the defence of a programme', path: '/inwestycje/programy/1?widok=obrona', as: 'planner', then: async (page) => {
    await page.getByRole('heading', { name: 'Jak pewne są wybory' }).waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: /Pokaż program/ }).nth(1).click()
  } },
  { name: 'residents’ votes', path: '/inwestycje/propozycje?czesc=glosy', as: 'planner', then: async (page) => page.getByLabel('Plik .pb').waitFor() },
  { name: 'programmes compared', path: '/inwestycje/programy/1?widok=porownanie&porownaj=2', as: 'planner', then: async (page) => page.getByRole('table', { name: 'Programy A i B w liczbach' }).waitFor() },
  { name: 'investment proposals', path: '/inwestycje/propozycje', as: 'planner', then: async (page) => page.locator('tr[id^="proposal-"]').first().waitFor() },
  { name: 'suggested proposals', path: '/inwestycje/propozycje?czesc=podpowiedzi', as: 'planner', then: async (page) => page.getByText(/\d+ podpowied/).first().waitFor() },
  { name: 'funds', path: '/inwestycje/propozycje?czesc=finansowanie', as: 'planner', then: async (page) => {
    await page.getByRole('button', { name: 'Nowe źródło' }).click()
    await page.getByRole('group', { name: 'Budżet w latach' }).waitFor()
  } },
  { name: 'exclusion groups', path: '/inwestycje/propozycje?czesc=grupy', as: 'planner', then: h1 },
  { name: 'service standards', path: '/inwestycje/zalozenia', as: 'planner', then: async (page) => page.getByRole('table', { name: 'Standardy' }).waitFor() },
  { name: 'a service standard', path: '/inwestycje/zalozenia', as: 'planner', then: async (page) => {
    await page.getByRole('button', { name: 'Sport i pływalnie' }).click()
    const dialog = page.getByRole('dialog', { name: 'Standard usług' })
    await dialog.getByText('Historia', { exact: true }).click()
    await dialog.getByText(/wersja \d|Nikt jeszcze niczego tu nie zmienił/).first().waitFor()
    await dialog.getByRole('textbox', { name: /Odległość/ }).fill('-1')
    await dialog.getByRole('button', { name: 'Zapisz' }).click()
    await dialog.getByRole('alert').waitFor()
  } },
  { name: 'limits of municipalities', path: '/inwestycje/zalozenia?czesc=odstepstwa', as: 'planner', then: async (page) => page.getByRole('button', { name: 'Nowe odstępstwo' }).click() },
  { name: 'art. 13f', path: '/inwestycje/zalozenia?czesc=art-13f&program=1', as: 'planner', then: async (page) => page.getByRole('columnheader', { name: 'Po programie' }).first().waitFor({ state: 'attached' }) },
  { name: 'art. 13f that failed', path: '/inwestycje', as: 'planner', then: async (page) => {
    await page.route('**/api/v1/planning/article-13f*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Błąd","detail":"Coś nie wyszło."}' }))
    await page.goto('/inwestycje/zalozenia?czesc=art-13f')
    await page.getByRole('alert').waitFor()
  } },
  { name: 'unit rates', path: '/inwestycje/zalozenia?czesc=stawki', as: 'planner', then: async (page) => page.getByRole('table', { name: 'Budowa' }).waitFor() },
  { name: 'a new unit rate', path: '/inwestycje/zalozenia?czesc=stawki', as: 'planner', then: async (page) => page.getByRole('button', { name: 'Nowa stawka' }).click() },
  { name: 'other assumptions', path: '/inwestycje/zalozenia?czesc=pozostale', as: 'planner', then: async (page) => page.getByRole('button', { name: 'Trwałość kortu tenisowego' }).click() },
  { name: 'an investment proposal', path: '/inwestycje/propozycje/1', as: 'planner', then: h1 },
  { name: 'a new investment proposal', path: '/inwestycje/propozycje/nowa?rodzaj=build', as: 'planner', then: h1 },
]

/** One visitor a role, each state a page of theirs: the program is read and compiled once. */
const visitors = new Map<string | undefined, Promise<BrowserContext>>()
async function visitBy(role?: string) {
  const known = visitors.get(role) ?? visitor(browser, { as: role, serviceWorkers: 'block' })
  visitors.set(role, known)
  return enter(await known)
}

async function settled(page: Page) {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(400)
}

// two at a time: half of what each takes is waiting for the page to come to rest
test.concurrent.each(states)('$name, light and wide, then dark and on a phone', async (state) => {
  const { page, complaints } = await visitBy(state.as)
  await page.goto(state.path)
  await state.then?.(page)
  await settled(page)
  await accessible(page, state.name)
  expect(await page.evaluate(() => document.querySelectorAll('h1').length), 'one h1').toBe(1)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 375, height: 812 })
  await settled(page)
  await accessible(page, `${state.name}, dark, a phone`)
  if (!state.name.includes('failed')) expect(complaints).toEqual([])
  await page.evaluate(() => localStorage.clear())
  await page.close()
})

test.each(['/', '/miejsca/57?profile=wheelchair', '/ewidencja', '/ewidencja/miejsca/57', '/inwestycje', '/inwestycje/programy/1', '/inwestycje/propozycje/1', '/inwestycje/zalozenia', '/inwestycje/zalozenia?czesc=art-13f&program=1'])('%s in English', async (path) => {
  const { page, context } = await visit(browser, { as: 'admin', locale: 'en-GB' })
  await page.goto(path + (path.includes('?') ? '&' : '?') + 'lang=en')
  await h1(page)
  await settled(page)
  await accessible(page, path)
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
  await context.close()
})

test('forced colours and reduced motion', async () => {
  const { page, context } = await visit(browser, { forcedColors: 'active', reducedMotion: 'reduce' })
  await page.goto('/miejsca/57-synagoga-stara?profile=wheelchair')
  await h1(page)
  await settled(page)
  await accessible(page, 'forced colours')
  expect(await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => { const s = getComputedStyle(e); return parseFloat(s.transitionDuration) > 0.01 || parseFloat(s.animationDuration) > 0.01 }).map((e) => e.tagName + '.' + e.className))).toEqual([])
  await context.close()
})
