/** The programme of a scenario: computed, read, and changed with the pointer and with the keyboard. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './browser'
import { focused, tabTo, typeInto } from './keyboard'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

interface Named { id: number; title: { pl: string } }
interface ScenarioLocks { locks?: { proposal_id: number; lock: string; lock_year?: number }[] }

/** A scenario of this test's own, like the first of the demonstration, so that tests do not meet in one. */
async function scenario(page: Page, title: string): Promise<number> {
  const { items } = (await (await page.request.get('/api/v1/planning/scenarios')).json()) as { items: (Named & Record<string, unknown>)[] }
  const first = items[0]!
  const answer = await page.request.post('/api/v1/planning/scenarios', {
    data: { title: { pl: title }, first_year: first.first_year, years: first.years, funds: first.funds },
    headers: { Origin: new URL(page.url()).origin },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  return ((await answer.json()) as Named).id
}

const locksOf = async (page: Page, id: number) => ((await (await page.request.get(`/api/v1/planning/scenarios/${id}`)).json()) as ScenarioLocks).locks ?? []
const yearOf = async (bar: ReturnType<Page['locator']>) => Number(/start w (\d{4})/.exec((await bar.getAttribute('aria-label')) ?? '')?.[1])

/** Opens a scenario and computes it: the answer is there at once. */
async function computed(page: Page, title: string): Promise<number> {
  await page.goto('/inwestycje/programy')
  const id = await scenario(page, title)
  await page.goto(`/inwestycje/programy/${id}`)
  await page.getByRole('button', { name: 'Policz program' }).click()
  await page.getByRole('heading', { name: 'Certyfikat' }).waitFor({ state: 'attached' })
  await page.locator('.bar.repair, .bar.renew, .bar.make_accessible, .bar.build').first().waitFor()
  return id
}

/** A bar that can go a year later: it takes a year, and starts in the first. */
const movable = (page: Page) => page.getByRole('button', { name: /start w \d{4}, trwa 1 rok, do wyboru/ }).first()

test('a scenario is computed, and its pages say the same', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await computed(page, 'Test: widoki')
  // until the search ends a better answer may come between the two: both are counted anew then
  const counts = async (view: string, within: ReturnType<Page['getByRole']>, role: 'listitem' | 'row') => {
    await page.getByText(view, { exact: true }).click()
    await within.getByRole(role).first().waitFor()
    return within.getByRole(role).count()
  }
  await expect
    .poll(async () => {
      const bars = await counts('Lata', page.getByRole('list', { name: 'Program w latach' }), 'listitem')
      const rows = await counts('Lista', page.getByRole('table', { name: /Pozycje programu/ }), 'row')
      return bars > 0 && rows === bars + 1
    })
    .toBe(true)
  await page.getByText('Budżet', { exact: true }).click()
  await page.getByRole('img', { name: /Budżet i wydatki w latach/ }).waitFor()
  expect(await page.getByRole('table', { name: 'Budżet' }).getByRole('row').count()).toBeGreaterThan(2)
  await page.getByText('Gminy', { exact: true }).click()
  expect(await page.getByRole('table', { name: 'Gminy' }).getByRole('row').count()).toBe(16)
  expect(complaints).toEqual([])
  await context.close()
})

test('arrows move a bar, Escape takes it back, and Enter locks its year', async () => {
  const { page, context } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  const id = await computed(page, 'Test: klawiatura')
  const bar = movable(page)
  const title = ((await bar.getAttribute('aria-label')) ?? '').split(':').slice(0, -1).join(':')
  const same = page.locator('.bar').filter({ has: page.locator('span') }).and(page.getByRole('button', { name: title }))
  const from = await yearOf(same)
  const key = from < 2030 ? 'ArrowRight' : 'ArrowLeft'
  await same.focus()
  await page.keyboard.press(key)
  await expect.poll(() => yearOf(same)).not.toBe(from)
  await page.keyboard.press('Escape')
  await expect.poll(() => yearOf(same)).toBe(from)
  expect(await locksOf(page, id)).toEqual([])
  await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await expect.poll(() => locksOf(page, id)).toHaveLength(1)
  expect((await locksOf(page, id))[0]).toMatchObject({ lock: 'year', lock_year: from + (key === 'ArrowRight' ? 1 : -1) })
  // reckoned anew by itself, with the item where it was put
  await expect.poll(async () => ((await (await page.request.get(`/api/v1/planning/scenarios/${id}/runs`)).json()) as { items: unknown[] }).items.length, { timeout: 20_000 }).toBeGreaterThan(1)
  await expect.poll(() => yearOf(same)).toBe(from + (key === 'ArrowRight' ? 1 : -1))
  await context.close()
})

test('a bar dragged to another year stays there, and a list beside it does the same', async () => {
  const { page, context } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  const id = await computed(page, 'Test: mysz')
  await page.getByRole('checkbox', { name: 'Licz od nowa po każdej zmianie' }).uncheck()
  const bar = movable(page)
  await bar.scrollIntoViewIfNeeded()
  const from = await yearOf(bar)
  const to = from < 2030 ? from + 1 : from - 1
  const box = (await bar.boundingBox())!
  const track = (await bar.locator('..').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + (to - from) * (track.width / 5), box.y + box.height / 2, { steps: 6 })
  await page.mouse.up()
  await expect.poll(() => locksOf(page, id)).toHaveLength(1)
  const lock = (await locksOf(page, id))[0]!
  expect(lock).toMatchObject({ lock: 'year', lock_year: to })
  await page.getByText('Scenariusz zmienił się od tego przebiegu.', { exact: false }).waitFor()
  // the plain way: out of the programme by the list of choices, and free again
  const choice = page.locator(`#item-${lock.proposal_id} select`)
  await choice.selectOption('out')
  await expect.poll(async () => (await locksOf(page, id))[0]?.lock).toBe('out')
  await choice.selectOption('free')
  await expect.poll(() => locksOf(page, id)).toEqual([])
  await context.close()
})

test('somebody else’s change of the scenario is laid beside one’s own', async () => {
  const { page, context } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  const id = await computed(page, 'Test: konflikt')
  await page.getByRole('button', { name: 'Założenia' }).click()
  await page.getByRole('textbox', { name: /Nazwa po polsku/ }).fill('Test: moja nazwa')
  const now = (await (await page.request.get(`/api/v1/planning/scenarios/${id}`)).json()) as { version: number }
  const other = await page.request.patch(`/api/v1/planning/scenarios/${id}`, { data: { title: { pl: 'Test: cudza nazwa' } }, headers: { Origin: new URL(page.url()).origin, 'If-Match': `"v${now.version}"`, 'Content-Type': 'application/merge-patch+json' } })
  expect(other.status(), await other.text()).toBe(200)
  await page.getByRole('button', { name: 'Zapisz', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Ktoś zmienił to przed Tobą' })
  await dialog.getByText('Test: cudza nazwa').waitFor()
  await dialog.getByRole('radio', { name: /Twoje/ }).check()
  await dialog.getByRole('button', { name: 'Zapisz połączone' }).click()
  await expect.poll(async () => ((await (await page.request.get(`/api/v1/planning/scenarios/${id}`)).json()) as Named).title.pl).toBe('Test: moja nazwa')
  await context.close()
})

test('a new facility is placed by coordinates, saved, and refused with the field named', async () => {
  const { page, context } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await page.goto('/inwestycje/propozycje/nowa?rodzaj=build')
  await page.getByRole('textbox', { name: /Tytuł po polsku/ }).fill('Test: plac zabaw')
  await page.getByRole('textbox', { name: 'Współrzędne' }).fill('50.0614 19.9372')
  await page.getByRole('button', { name: 'Ustaw' }).click()
  await page.getByRole('textbox', { name: /Koszt prawdopodobny/ }).fill('-5')
  await page.getByRole('button', { name: 'Dodaj propozycję' }).click()
  await page.getByRole('alert').getByRole('link', { name: /Kategoria/ }).waitFor()
  await page.getByRole('textbox', { name: /Koszt prawdopodobny/ }).fill('250000')
  await page.getByRole('combobox', { name: /Kategoria/ }).selectOption({ index: 2 })
  await page.getByRole('button', { name: 'Dodaj propozycję' }).click()
  // the address changes without a navigation, which waitForURL misses now and then
  await expect.poll(() => page.url()).toMatch(/\/inwestycje\/propozycje\/\d+/)
  // the range follows the basis: -30/+50 % of a unit rate
  await expect.poll(() => page.getByRole('textbox', { name: /Koszt niski/ }).inputValue()).toBe('175000')
  await context.close()
})

test('a programme is defended: how sure, at what price, with other money, and why not', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await computed(page, 'Test: obrona')
  const stop = page.getByRole('button', { name: 'Zatrzymaj' })
  if (await stop.isVisible()) await stop.click({ timeout: 5000 }).catch(() => undefined) // it may have ended meanwhile
  await page.getByText('Obrona', { exact: true }).click()
  await page.getByRole('heading', { name: 'Jak pewne są wybory' }).waitFor({ timeout: 120_000 })
  const curve = page.getByRole('table', { name: 'Co kupiłby inny budżet' })
  const worth = async (share: RegExp) => Number((await curve.getByRole('row', { name: share }).getByRole('cell').nth(1).innerText()).replace(/\s/g, '').replace(',', '.'))
  expect(await worth(/^200/)).toBeGreaterThan(await worth(/^50/))
  await curve.getByRole('button', { name: /Pokaż program/ }).nth(1).click()
  await page.getByRole('heading', { name: /Program przy 50/ }).waitFor()
  await page.getByText('Inaczej niż w tym programie:').waitFor()
  await page.getByText('Lista', { exact: true }).click()
  await page.getByText('Pokaż też te poza programem').click()
  await page.getByRole('button', { name: /^Dlaczego nie/ }).first().click()
  await page.getByText(/Pieniądze dają więcej gdzie indziej|Weszła inna z tej samej grupy|Nic nie dodaje do tego, co wybrano/).first().waitFor()
  await page.getByText('Gminy', { exact: true }).click()
  await page.getByRole('link', { name: 'Braki po programie na mapie' }).click()
  await page.getByText(/Po programie \(przebieg nr/).waitFor()
  await expect.poll(() => page.getByRole('radio', { name: /Po programie/ }).isChecked()).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

test('residents’ votes become the support of the proposals they were for', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await page.goto('/inwestycje/propozycje?czesc=glosy')
  const { items } = (await (await page.request.get('/api/v1/planning/proposals?limit=2')).json()) as { items: (Named & { lock: string; funds: number[] })[] }
  const [first, second] = [items[0]!, items[1]!]
  const file = `META
key;value
description;Test
country;Poland
unit;Kraków
instance;2026
num_projects;2
num_votes;3
budget;100
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
a;80;${first.title.pl.toUpperCase()}
b;90;Czego nikt nie proponuje
VOTES
voter_id;vote
1;a
2;a
3;b
`
  const input = page.getByLabel('Plik .pb')
  await input.setInputFiles({ name: 'glosy.pb', mimeType: 'text/plain', buffer: Buffer.from(file.replace('VOTES\n', 'GLOSY\n')) })
  await page.getByRole('alert').getByText(/GLOSY|VOTES/).first().waitFor()
  await input.setInputFiles({ name: 'glosy.pb', mimeType: 'text/plain', buffer: Buffer.from(file) })
  const table = page.getByRole('table', { name: 'Projekty i głosy' })
  await table.getByRole('row', { name: /wybrany/ }).first().getByRole('link', { name: first.title.pl }).waitFor()
  // the other one is picked by hand
  await table.getByRole('button', { name: /^Wskaż propozycję.*Czego nikt/ }).click()
  await table.getByRole('searchbox').fill(second.title.pl)
  await table.getByRole('button', { name: 'Szukaj' }).click()
  await table.getByRole('button', { name: /^Wybierz/ }).filter({ hasText: second.title.pl }).first().click()
  await page.getByRole('button', { name: 'Zapisz głosy w propozycjach (2)' }).click()
  await page.getByText('Zapisano głosy w 2 propozycjach.').first().waitFor()
  const votes = async (id: number) => ((await (await page.request.get(`/api/v1/planning/proposals/${id}`)).json()) as { support_votes?: number }).support_votes
  expect([await votes(first.id), await votes(second.id)]).toEqual([2, 1])
  // the vote's money is set apart for what it chose
  await page.getByRole('button', { name: 'Wydziel źródło dla wybranych (1)' }).click()
  await page.getByText(/Wydzielono 100/).first().waitFor()
  const chosen = (await (await page.request.get(`/api/v1/planning/proposals/${first.id}`)).json()) as { lock: string; funds: number[] }
  const funds = ((await (await page.request.get('/api/v1/planning/funds')).json()) as { items: (Named & { name: { pl: string }; years: { pln: number }[] })[] }).items
  const own = funds.find((x) => x.name.pl.startsWith('Budżet obywatelski Kraków'))!
  expect(chosen).toMatchObject({ lock: 'in', funds: [own.id] })
  expect(own.years[0]!.pln).toBe(100)
  const now = (await (await page.request.get(`/api/v1/planning/proposals/${first.id}`)).json()) as { version: number }
  const back = await page.request.patch(`/api/v1/planning/proposals/${first.id}`, { data: { lock: first.lock, funds: first.funds }, headers: { Origin: new URL(page.url()).origin, 'If-Match': `"v${now.version}"`, 'Content-Type': 'application/merge-patch+json' } })
  expect(back.status(), await back.text()).toBe(200)
  expect(complaints).toEqual([])
  await context.close()
})

/** Writes over a record of planning as it is now, past the pages. */
async function patch(page: Page, path: string, data: object): Promise<void> {
  const { version } = (await (await page.request.get(path)).json()) as { version: number }
  const answer = await page.request.patch(path, { data, headers: { Origin: new URL(page.url()).origin, 'If-Match': `"v${version}"`, 'Content-Type': 'application/merge-patch+json' } })
  expect(answer.status(), await answer.text()).toBe(200)
}

test('with the keyboard alone: how far a playground may be is changed, and the gaps follow', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await page.goto('/inwestycje/braki?standard=play_neighbourhood')
  const { items } = (await (await page.request.get('/api/v1/planning/standards')).json()) as { items: { id: number; code: string; distance_m: number }[] }
  const standard = items.find((s) => s.code === 'play_neighbourhood')!
  const without = async () => Number((await page.locator('.numbers strong').first().innerText()).replace(/\D/g, ''))
  await page.getByRole('heading', { name: 'Dlaczego' }).waitFor()
  const before = await without()
  try {
    await tabTo(page, 'Założenia')
    await page.keyboard.press('Enter')
    await page.getByRole('table', { name: 'Standardy' }).waitFor()
    await tabTo(page, 'Plac zabaw w dzielnicy')
    await page.keyboard.press('Enter')
    await typeInto(page, 'Odległość od domu', '250')
    await tabTo(page, 'Zapisz')
    await page.keyboard.press('Enter')
    const row = page.locator('#standard-play_neighbourhood')
    await row.getByText('250 m', { exact: true }).waitFor()
    // the focus is where it was, on the standard
    await expect.poll(() => focused(page)).toMatch(/^Plac zabaw w dzielnicy/)
    await tabTo(page, 'Pokaż braki')
    await page.keyboard.press('Enter')
    await page.getByText('Do 250 m od domu', { exact: false }).waitFor()
    await page.getByRole('heading', { name: 'Dlaczego' }).waitFor()
    expect(await without()).toBeGreaterThan(before)
  } finally {
    await patch(page, `/api/v1/planning/standards/${standard.id}`, { distance_m: standard.distance_m })
  }
  await page.reload()
  await page.getByRole('heading', { name: 'Dlaczego' }).waitFor()
  await expect.poll(without).toBe(before)
  expect(complaints).toEqual([])
  await context.close()
})

test('a municipality sets its own limit of art. 13f, which is kept there and after a programme, until it is taken back', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  // the programmes that the demonstration begins with may still be reckoned
  await expect.poll(async () => ((await (await page.request.get('/api/v1/planning/scenarios')).json()) as { items: { newest_run?: { status: string } }[] }).items.some((s) => s.newest_run?.status === 'done'), { timeout: 120_000 }).toBe(true)
  await page.goto('/inwestycje/zalozenia?czesc=art-13f')
  const table = page.getByRole('table', { name: 'Zieleń publiczna od 3 ha' })
  const skawina = table.getByRole('row', { name: /^Skawina/ })
  await skawina.getByText('ze standardu').waitFor()
  await skawina.getByRole('cell').first().getByText('niespełnione').waitFor()
  await skawina.getByRole('button', { name: 'Ustal inaczej w gminie Skawina: Zieleń publiczna od 3 ha' }).click()
  const dialog = page.getByRole('dialog', { name: 'Nowe odstępstwo' })
  expect(await dialog.getByRole('textbox', { name: /Odległość/ }).inputValue()).toBe('1500')
  await dialog.getByRole('textbox', { name: /Odległość/ }).fill('50000')
  await dialog.getByRole('textbox', { name: /powierzchnia/ }).fill('0')
  // without an act it is refused, with the field named
  await dialog.getByRole('button', { name: 'Zapisz' }).click()
  await dialog.getByRole('alert').getByRole('link', { name: /Akt gminy/ }).waitFor()
  await dialog.getByRole('textbox', { name: /Akt gminy/ }).fill('Uchwała próbna nr 1')
  await dialog.getByRole('button', { name: 'Zapisz' }).click()
  await skawina.getByText('ustaliła gmina').waitFor()
  await skawina.getByText('Uchwała próbna nr 1', { exact: false }).waitFor()
  await skawina.getByRole('cell').first().getByText('spełnione', { exact: true }).waitFor()
  await table.getByRole('row', { name: /^Kraków/ }).getByRole('cell').first().getByText('niespełnione').waitFor()

  // before and after a programme stand side by side, and the address says so
  await page.getByRole('combobox', { name: 'Pokaż obok' }).selectOption({ index: 1 })
  await table.getByRole('columnheader', { name: 'Po programie' }).waitFor()
  await expect.poll(() => new URL(page.url()).searchParams.get('program')).toMatch(/^\d+$/)
  await skawina.getByRole('cell').nth(1).getByText('spełnione', { exact: true }).waitFor()

  await page.getByText('Odstępstwa gmin', { exact: true }).click()
  const own = page.getByRole('table', { name: 'Odstępstwa gmin' })
  await own.getByRole('button', { name: 'Skawina: Zieleń publiczna od 3 ha' }).click()
  const edit = page.getByRole('dialog', { name: 'Odstępstwo gminy' })
  await edit.getByRole('button', { name: 'Usuń' }).click()
  await page.getByRole('dialog', { name: 'Usunąć?' }).getByRole('button', { name: 'Usuń' }).click()
  await own.waitFor({ state: 'detached' })
  await page.getByText('Art. 13f', { exact: true }).click()
  await skawina.getByText('ze standardu').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('an assumption is changed with its source, shown beside what Wolnica came with, and goes back', async () => {
  const { page, context, complaints } = await visit(browser, { as: 'planner', viewport: { width: 1280, height: 800 } })
  await page.goto('/inwestycje/zalozenia?czesc=pozostale')
  const row = page.locator('#assumption-life_tennis_court')
  const set = async (value: string) => {
    await row.getByRole('button').click()
    await page.getByRole('dialog').getByRole('textbox', { name: /Wartość/ }).fill(value)
  }
  await set('14')
  // the shipped source goes only with the shipped number
  await page.getByRole('button', { name: 'Zapisz', exact: true }).click()
  await page.getByRole('alert').getByRole('link', { name: /Źródło/ }).first().waitFor()
  await page.getByRole('textbox', { name: /^Źródło(?! po)/ }).fill('Przegląd kortów 2026')
  await page.getByRole('button', { name: 'Zapisz', exact: true }).click()
  await row.getByText('14 lat').waitFor()
  await row.getByText('przyjęto 12 lat').waitFor()
  await row.getByText('Przegląd kortów 2026').waitFor()
  await row.getByRole('button').click()
  await page.getByRole('button', { name: 'Wróć do 12 lat' }).click()
  await page.getByRole('button', { name: 'Zapisz', exact: true }).click()
  await row.getByText('propozycja Wolnicy, bez źródła', { exact: true }).waitFor()
  expect(await row.getByText('przyjęto').count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})
