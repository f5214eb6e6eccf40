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

test('with the mouse: find, sort, columns, a view, a record with its parts, history', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.goto('/ewidencja?lang=pl')
  const { email, password } = officer()
  await page.getByRole('textbox', { name: /^Adres e-mail/ }).fill(email)
  await page.getByRole('textbox', { name: /^Hasło/ }).fill(password)
  await page.getByRole('button', { name: 'Zaloguj się' }).click()

  const table = page.getByRole('table', { name: 'Miejsca w ewidencji' })
  await page.getByRole('textbox', { name: 'Szukaj w nazwach i opisach' }).fill('dwor')
  await page.getByRole('heading', { level: 1 }).click()
  await expect.poll(() => query(page).get('q')).toBe('dwor')
  await table.getByRole('button', { name: 'Sortuj według: Nazwa' }).click()
  await expect.poll(() => names(table)).toSatisfy((all: string[]) => all.length > 3 && all.every((name, i) => i === 0 || name.localeCompare(all[i - 1] ?? '', 'pl') >= 0))
  const up = await names(table)
  expect(up).toContain('Dwór w Zabawie')
  await table.getByRole('button', { name: 'Sortuj według: Nazwa' }).click()
  await expect.poll(() => names(table)).toEqual([...up].reverse())
  expect(await table.getByRole('columnheader', { name: /Nazwa/ }).getAttribute('aria-sort')).toBe('descending')

  await page.getByRole('button', { name: 'Kolumny' }).click()
  await page.getByRole('checkbox', { name: 'Dokładność położenia' }).click()
  await page.getByRole('checkbox', { name: 'Publikacja' }).click()
  await table.getByRole('columnheader', { name: 'Dokładność położenia' }).waitFor()
  expect(await table.getByRole('columnheader', { name: 'Publikacja' }).count()).toBe(0)
  await table.getByRole('cell', { name: 'do 1 km' }).first().waitFor()

  await page.getByRole('button', { name: 'Widoki' }).click()
  await page.getByRole('button', { name: 'Zapisz ten widok' }).click()
  await page.getByRole('dialog', { name: 'Zapisz ten widok' }).getByRole('textbox', { name: 'Nazwa widoku' }).fill('Dwory od końca')
  await page.getByRole('dialog').getByRole('button', { name: 'Zapisz', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  // elsewhere, and back by the view
  await page.goto('/ewidencja')
  await page.getByRole('button', { name: 'Widoki' }).click()
  await page.getByRole('link', { name: 'Dwory od końca' }).click()
  await expect.poll(() => names(table)).toEqual([...up].reverse())
  expect([query(page).get('q'), query(page).get('sort')]).toEqual(['dwor', '-name'])
  await table.getByRole('columnheader', { name: 'Dokładność położenia' }).waitFor()

  await table.getByRole('link', { name: 'Dwór w Zabawie' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dwór w Zabawie' }).waitFor()
  await field(page, 'Nazwa po polsku').fill('Dwór w Zabawie z parkiem')
  await save(page)
  await page.getByRole('heading', { level: 1, name: 'Dwór w Zabawie z parkiem' }).waitFor()

  const protection = page.getByRole('region', { name: 'Ochrona' })
  await protection.getByRole('button', { name: 'Dodaj wpis o ochronie' }).click()
  await field(protection, 'Numer rejestru, jak w źródle').pressSequentially('A-178/M z 24.02.1933; kl.IV-63/33')
  await protection.getByText('Numery rejestru: A-178/M (24.02.1933)').waitFor()
  await protection.getByText('Bez numeru: kl.IV-63/33').waitFor()
  await protection.getByRole('button', { name: 'Zapisz' }).click()
  await protection.getByRole('listitem').filter({ hasText: 'A-178/M' }).waitFor()

  const inspections = page.getByRole('region', { name: 'Przeglądy' })
  await inspections.getByRole('button', { name: 'Dodaj przegląd' }).click()
  await inspections.getByRole('combobox', { name: /^Ocena/ }).selectOption({ label: 'zły' })
  await inspections.getByRole('button', { name: 'Dodaj element' }).click()
  await inspections.getByRole('textbox', { name: 'Element' }).fill('dach')
  await inspections.getByRole('combobox', { name: 'Ocena', exact: true }).last().selectOption({ label: 'bardzo zły' })
  await inspections.getByRole('textbox', { name: 'Zalecane działanie' }).fill('Wymiana pokrycia')
  await inspections.getByRole('button', { name: 'Zapisz' }).click()
  await inspections.getByRole('listitem').filter({ hasText: 'Wymiana pokrycia' }).waitFor()

  const history = page.getByRole('region', { name: 'Historia' })
  const renamed = history.getByRole('listitem').filter({ hasText: 'Dwór w Zabawie z parkiem' })
  expect(await renamed.first().textContent()).toMatch(/Zmieniono.*Nazwa po polsku.*przed:\s*Dwór w Zabawie.*po:\s*Dwór w Zabawie z parkiem/s)
  await history.getByRole('button', { name: /Wróć do tej wersji \(wersja 1\)/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Wróć do tej wersji' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dwór w Zabawie', exact: true }).waitFor()
  await history.getByRole('listitem').filter({ hasText: 'Przywrócono' }).waitFor()
  // what was added beside stays
  expect((await record(context, 142)).protections).toEqual(['register'])
  expect((await record(context, 142)).condition).toMatchObject({ grade: 'poor' })
  expect(complaints).toEqual([])
  await context.close()
})

test('with the keyboard alone: sign in, find, sort, a view, a record, its point by coordinates and by the cross, its parts, history', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.goto('/ewidencja?lang=pl')
  const { email, password } = officer()
  await typeInto(page, 'Adres e-mail', email)
  await typeInto(page, 'Hasło', password)
  await page.keyboard.press('Enter')
  await page.getByRole('table', { name: 'Miejsca w ewidencji' }).waitFor()
  await typeInto(page, 'Szukaj w nazwach', 'pawlikowic')
  await page.keyboard.press('Enter')
  await expect.poll(() => names(page.getByRole('table'))).toEqual(['Dawny dwór w Pawlikowicach (Michalici)'])
  await tabTo(page, 'Sortuj według: Zmienione')
  await page.keyboard.press('Enter')
  await expect.poll(() => query(page).get('sort')).toBe('updated_at')
  await tabTo(page, 'Widoki', true)
  await page.keyboard.press('Enter')
  await tabTo(page, 'Zapisz ten widok')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('Pawlikowice')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await tabTo(page, 'Dawny dwór w Pawlikowicach')
  await page.keyboard.press('Enter')
  // the focus comes to the heading of the record
  await expect.poll(() => focused(page)).toBe('Dawny dwór w Pawlikowicach (Michalici)')

  // by coordinates
  await typeInto(page, 'Współrzędne', '49.9532 20.0555')
  await page.keyboard.press('Enter')
  await page.getByText('Odczytano: 49.9532', { exact: false }).first().waitFor()
  await saveByKeyboard(page)
  expect((await record(context, 143)).geometry.coordinates).toEqual([20.0555, 49.9532])
  // and by moving the map under the cross
  await drawn(page)
  await tabTo(page, 'Narysuj od nowa')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('map-canvas')
  const before = await withMap(page, (map) => map.getCenter().lng, null)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => withMap(page, (map) => !map.isMoving() && map.getCenter().lng, null)).toBeGreaterThan(before)
  const middle = await withMap(page, (map) => map.getCenter().toArray(), null)
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Narysuj od nowa')
  await saveByKeyboard(page)
  const { coordinates } = (await record(context, 143)).geometry
  expect(coordinates[0]).toBeCloseTo(middle[0] ?? 0, 5)
  expect(coordinates[1]).toBeCloseTo(middle[1] ?? 0, 5)

  await typeInto(page, 'Nazwa po polsku', 'Dwór Michalitów', true)
  await saveByKeyboard(page)
  await tabTo(page, 'Dodaj wpis o ochronie')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Wpis o ochronie')
  await typeInto(page, 'Numer rejestru', 'A-731')
  await page.getByText('Numery rejestru: A-731').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Ochrona' }).getByRole('listitem').filter({ hasText: 'A-731' }).waitFor()
  await tabTo(page, 'Dodaj przegląd')
  await page.keyboard.press('Enter')
  await choose(page, 'Ocena', 'dostateczny')
  await tabTo(page, 'Zapisz')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await record(context, 143)).condition).toMatchObject({ grade: 'fair' })
  await tabTo(page, 'Wróć do tej wersji (wersja 1)')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Wróć do tej wersji')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Dawny dwór w Pawlikowicach (Michalici)' }).waitFor()
  expect((await record(context, 143)).name.pl).toBe('Dawny dwór w Pawlikowicach (Michalici)')
  expect(complaints).toEqual([])
  await context.close()
})

test('a role in one municipality reads the records of others, and is told so before anything is written', async () => {
  const { page, context } = await visit(browser, { as: 'heritage_officer' })
  await page.goto('/ewidencja/miejsca/57')
  await page.getByText('Możesz tylko czytać: Twoja rola nie obejmuje gminy Kraków.').waitFor()
  expect(await page.getByRole('textbox', { name: 'Nazwa po polsku' }).isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: /^(Dodaj|Usuń miejsce|Edytuj)/ }).count()).toBe(0)
  await page.getByText('Historię czytają ci, których rola obejmuje tę gminę.').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await context.close()
})

test('a position far from everything is told of as it is read', async () => {
  const { page, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Studnia w Sydney')
  await page.goto(`/ewidencja/miejsca/${id}`)
  const field = page.getByRole('textbox', { name: 'Współrzędne' })
  const warning = page.getByText('To położenie leży poza obszarem rejestru.')
  await field.fill('-33.9 151.2')
  await page.getByRole('button', { name: 'Ustaw', exact: true }).click()
  await warning.waitFor()
  await field.fill('49.985 20.06')
  await page.getByRole('button', { name: 'Ustaw', exact: true }).click()
  await warning.waitFor({ state: 'detached' })
  await context.close()
})

test('the ids in the table are the ids on the map', async () => {
  const { page, context } = await visit(browser, { as: 'heritage_officer' })
  for (const filter of ['', 'protection=register', 'grade=none&kind=heritage', 'verdict[wheelchair]=no,unknown', 'publication=draft,published&q=park']) {
    await page.goto(`/ewidencja?${filter}&area=map&sort=id&m=15.2/49.9858/20.0600`)
    await drawn(page)
    await page.getByRole('main').getByText(/\d+ miejsc/).first().waitFor()
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
    const mapped = await withMap(
      page,
      (map) => {
        const bounds = map.getBounds()
        const ids = new Set<number>()
        for (const f of map.querySourceFeatures('registry', { sourceLayer: 'places' })) {
          if (f.geometry.type !== 'Point' || !bounds.contains(f.geometry.coordinates as [number, number])) continue
          if (f.properties.count !== undefined) throw new Error('a cluster, where every record should stand alone')
          ids.add(Number(f.id))
        }
        return [...ids].sort((a, b) => a - b)
      },
      null,
    )
    await expect.poll(() => page.getByRole('rowheader').getByRole('link').evaluateAll((links) => links.map((a) => Number((a as HTMLAnchorElement).pathname.split('/').at(-1)))), { message: filter }).toEqual(mapped)
    expect(mapped.length, filter).toBeGreaterThan(0)
  }
  // the map moves, and what is being typed stays
  const words = page.getByRole('textbox', { name: 'Szukaj w nazwach i opisach' })
  const at = query(page).get('m')
  await words.fill('kopalnia')
  await withMap(page, (map) => void map.jumpTo({ zoom: map.getZoom() + 0.5 }), null)
  await expect.poll(() => query(page).get('m')).not.toBe(at)
  expect(await words.inputValue()).toBe('kopalnia')
  await context.close()
})

test('a visitor reports a change without an account, and the officer decides it field by field', async () => {
  const officers = await visit(browser, { as: 'heritage_officer' })
  const id = await place(officers.context, 'Zgłaszana altana', { opening_hours: 'Mo-Fr 08:00-16:00', website: 'https://altana.example/' })
  const visitor = await visit(browser)
  await visitor.page.goto(`/miejsca/${id}`)
  await visitor.page.getByRole('button', { name: 'Zgłoś zmianę' }).click()
  const form = visitor.page.getByRole('dialog', { name: 'Zgłoś zmianę: Zgłaszana altana' })
  await form.getByRole('textbox', { name: 'Co się zmieniło?' }).fill('Brama jest od podwórza.')
  await form.getByText('Popraw dane').click()
  await form.getByRole('textbox', { name: 'Nazwa', exact: true }).fill('Altana w ogrodzie')
  await form.getByRole('textbox', { name: 'Godziny otwarcia' }).fill('Mo-Su 09:00-18:00')
  await form.getByRole('textbox', { name: 'Ulica' }).fill('Ogrodowa')
  await form.getByRole('button', { name: 'Wyślij zgłoszenie' }).click()
  await visitor.page.getByText(/Numer zgłoszenia: \d+/).waitFor()
  // nothing has changed yet
  expect((await record(officers.context, id)).name.pl).toBe('Zgłaszana altana')

  const { page } = officers
  await page.goto('/ewidencja/zgloszenia')
  await page.getByRole('link', { name: 'Zgłaszana altana' }).first().click()
  const item = (name: string) => page.getByRole('group', { name })
  await page.getByText('Brama jest od podwórza.').waitFor()
  await item('Wiadomość').getByRole('radio', { name: 'załatwione' }).check()
  await item('Nazwa po polsku').getByRole('radio', { name: 'odrzuć' }).check()
  await item('Ulica').getByRole('radio', { name: 'przyjmij', exact: true }).check()
  await item('Godziny otwarcia').getByRole('radio', { name: 'popraw i przyjmij' }).check()
  await page.getByRole('textbox', { name: 'Poprawiona wartość' }).fill('Mo-Su 09:00-17:00')
  await page.getByRole('button', { name: 'Zapisz decyzje' }).click()
  await page.getByText('Decyzje zapisane.').first().waitFor()
  expect(await record(officers.context, id)).toMatchObject({ name: { pl: 'Zgłaszana altana' }, opening_hours: 'Mo-Su 09:00-17:00', address: { street: 'Ogrodowa' } })
  expect([...visitor.complaints, ...officers.complaints]).toEqual([])
  await visitor.context.close()
  await officers.context.close()
})

test('a save without a connection is kept, shown, survives a reload, and is sent once', async () => {
  const { page, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Studnia w polu')
  await page.goto(`/ewidencja/miejsca/${id}`)
  await page.getByRole('heading', { level: 1, name: 'Studnia w polu' }).waitFor()
  // the service worker keeps the program for the field; the second visit goes through it
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Studnia w polu' }).waitFor()
  const sent: string[] = []
  page.on('response', (answer) => {
    if (['PATCH', 'POST'].includes(answer.request().method()) && answer.url().includes('/api/v1/')) sent.push(`${answer.request().method()} ${answer.status()}`)
  })
  await context.setOffline(true)
  await page.getByText('Brak połączenia.').first().waitFor()
  await field(page, 'Źródło').fill('Oględziny w terenie')
  await page.getByRole('button', { name: 'Zapisz zmiany' }).click()
  await page.getByRole('button', { name: '1 zmiana czeka na połączenie' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: '1 zmiana czeka na połączenie' }).waitFor()
  await expect.poll(() => field(page, 'Źródło').inputValue()).toBe('Oględziny w terenie')
  expect(await record(context, id)).toMatchObject({ version: 1 })
  await context.setOffline(false)
  await expect.poll(() => record(context, id), { timeout: 60_000 }).toMatchObject({ version: 2, source: 'Oględziny w terenie' })
  await page.getByRole('button', { name: /czeka na połączenie/ }).waitFor({ state: 'detached' })
  await expect.poll(() => sent).toEqual(['PATCH 200'])

  // an answer that was lost on its way: the server has the inspection, and it is not sent again
  let lost = 0
  await page.route('**/api/v1/inspections', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue()
    lost++
    await route.fetch()
    return route.abort('connectionreset')
  })
  const inspections = page.getByRole('region', { name: 'Przeglądy' })
  await inspections.getByRole('button', { name: 'Dodaj przegląd' }).click()
  await inspections.getByRole('combobox', { name: /^Ocena/ }).selectOption({ label: 'dobry' })
  await inspections.getByRole('textbox', { name: 'Zalecane działanie' }).fill('Oczyścić cembrowinę')
  await inspections.getByRole('button', { name: 'Zapisz' }).click()
  await expect.poll(() => lost).toBe(1)
  await page.getByRole('button', { name: /czeka na połączenie/ }).click()
  await page.getByRole('dialog', { name: 'Zmiany w drodze' }).getByRole('button', { name: 'Wyślij teraz' }).click()
  await page.getByText('Wszystko wysłane.').waitFor()
  const all = await context.request.get(`/api/v1/inspections?place=${id}`)
  expect(((await all.json()) as { items: unknown[] }).items).toHaveLength(1)
  await context.close()
})

test('who saves second sees both versions by field, and both changes are kept', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Brama wjazdowa', { source: 'Spis 1975' })
  await page.goto(`/ewidencja/miejsca/${id}`)
  await field(page, 'Nazwa po polsku').fill('Brama od zachodu')
  await field(page, 'Miejscowość').fill('Wieliczka')
  // meanwhile, elsewhere
  const other = await context.request.patch(`/api/v1/places/${id}`, { headers: { Origin: address(), 'If-Match': '"v1"', 'Content-Type': 'application/merge-patch+json' }, data: { name: { pl: 'Brama główna' }, website: 'https://brama.example/' } })
  expect(other.status(), await other.text()).toBe(200)
  await page.getByRole('button', { name: 'Zapisz zmiany' }).click()
  const dialog = page.getByRole('dialog', { name: 'Ktoś zmienił to przed Tobą' })
  const clash = dialog.getByRole('group', { name: 'Nazwa po polsku' })
  expect(await clash.innerText()).toMatch(/Było:\s+Brama wjazdowa/)
  await clash.getByRole('radio', { name: /^Twoje\s+Brama od zachodu/ }).waitFor()
  await clash.getByRole('radio', { name: /^Nowa wersja\s+Brama główna/ }).check()
  expect(await dialog.getByRole('listitem').innerText()).toMatch(/Strona internetowa: .*https:\/\/brama\.example/)
  await dialog.getByRole('button', { name: 'Zapisz połączone' }).click()
  await page.getByRole('heading', { level: 1, name: 'Brama główna' }).waitFor()
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => record(context, id)).toMatchObject({ version: 3, name: { pl: 'Brama główna' }, website: 'https://brama.example/', address: { locality: 'Wieliczka' }, source: 'Spis 1975' })
  expect(complaints).toEqual([])
  await context.close()
})

test('what waits is shown on every page, held against signing out, and comes back into its form when it is refused', async () => {
  const { page, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Studnia za wsią')
  let answer: 'none' | 'refusal' = 'none'
  await page.route(`**/api/v1/places/${id}`, (route) => {
    if (route.request().method() !== 'PATCH') return route.continue()
    if (answer === 'none') return route.abort('connectionreset')
    return route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Nie', errors: [{ pointer: '/source', code: 'x', detail: 'Źródło jest za ogólne.' }] }) })
  })
  await page.goto(`/ewidencja/miejsca/${id}`)
  await field(page, 'Źródło').fill('Rozmowa')
  await page.getByRole('button', { name: 'Zapisz zmiany' }).click()
  const sign = page.getByRole('banner').getByRole('button', { name: /zmiana (czeka na połączenie|wymaga Twojej decyzji)/ })
  await sign.waitFor()
  // on another page, in another part of the program
  await page.goto('/')
  await sign.waitFor()
  await page.getByRole('button', { name: 'Wyloguj' }).click()
  const leave = page.getByRole('dialog', { name: 'Wylogować się?' })
  await leave.getByRole('button', { name: 'Nie wylogowuj' }).click()
  await leave.waitFor({ state: 'detached' })
  answer = 'refusal'
  await sign.click()
  const dialog = page.getByRole('dialog', { name: 'Zmiany w drodze' })
  await dialog.getByRole('button', { name: 'Wyślij teraz' }).click()
  await dialog.getByText('Źródło jest za ogólne.').waitFor()
  await dialog.getByRole('link', { name: 'Otwórz i rozwiąż' }).click()
  await page.getByRole('heading', { level: 1, name: 'Studnia za wsią' }).waitFor()
  await expect.poll(() => field(page, 'Źródło').inputValue()).toBe('Rozmowa')
  await page.getByRole('alert').filter({ hasText: 'Źródło jest za ogólne.' }).first().waitFor()
  // and again where one is: what was thrown out of the form comes back
  await page.getByRole('button', { name: 'Odrzuć zmiany' }).first().click()
  expect(await field(page, 'Źródło').inputValue()).toBe('')
  await sign.click()
  await dialog.getByRole('link', { name: 'Otwórz i rozwiąż' }).click()
  await expect.poll(() => field(page, 'Źródło').inputValue()).toBe('Rozmowa')
  await page.unroute(`**/api/v1/places/${id}`)
  await field(page, 'Źródło').fill('Rozmowa z właścicielem')
  await page.getByRole('button', { name: 'Zapisz zmiany' }).click()
  await expect.poll(() => record(context, id)).toMatchObject({ version: 2, source: 'Rozmowa z właścicielem' })
  await sign.waitFor({ state: 'detached' })
  await context.close()
})

test('nobody leaves unsaved changes behind by mistake', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'heritage_officer' })
  const id = await place(context, 'Kapliczka przy drodze')
  await page.goto('/ewidencja?q=kapliczka+przy')
  await page.getByRole('link', { name: 'Kapliczka przy drodze' }).first().click()
  await field(page, 'Nazwa po polsku').fill('Kapliczka')
  const guard = page.getByRole('dialog', { name: 'Niezapisane zmiany' })
  // by the browser's back, and by a link
  await page.goBack()
  await guard.getByRole('button', { name: 'Zostań' }).click()
  expect(await field(page, 'Nazwa po polsku').inputValue()).toBe('Kapliczka')
  await page.getByRole('link', { name: 'Inwestycje' }).click()
  await guard.getByRole('button', { name: 'Zapisz i przejdź' }).click()
  await page.getByRole('heading', { level: 1, name: 'Inwestycje' }).waitFor()
  expect((await record(context, id)).name.pl).toBe('Kapliczka')
  // a change, and away without it
  await page.goBack()
  await field(page, 'Nazwa po polsku').fill('Kapliczka św. Jana')
  await page.getByRole('link', { name: 'Odkrywaj' }).click()
  await guard.getByRole('button', { name: 'Odrzuć i przejdź' }).click()
  await page.getByRole('combobox', { name: 'Dokąd?' }).waitFor()
  expect((await record(context, id)).name.pl).toBe('Kapliczka')
  expect(complaints).toEqual([])
  await context.close()
})

test('many records are changed at once, or none', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'heritage_officer' })
  const ids = [
    await place(context, 'Hurtowa ławka', { infrastructure: { category: 'park' }, heritage: undefined }),
    await place(context, 'Hurtowa brama'),
    await place(context, 'Hurtowa wiata', { infrastructure: { category: 'park' }, heritage: undefined }),
  ]
  await page.goto('/ewidencja?q=hurtowa&sort=id')
  const table = page.getByRole('table', { name: 'Miejsca w ewidencji' })
  await table.getByRole('checkbox', { name: 'Zaznacz wszystkie pokazane' }).check()
  await page.getByText('Zaznaczono 3 miejsca').first().waitFor()
  await page.getByRole('button', { name: 'Zmień zaznaczone' }).click()
  const dialog = page.getByRole('dialog', { name: /^Zmień \d zaznaczon/ })
  await dialog.getByRole('combobox', { name: 'Co zmienić' }).selectOption({ label: 'Zmień zarządcę' })
  await dialog.getByRole('textbox', { name: 'Na co' }).fill('Zarząd Zieleni')
  await dialog.getByText('3 miejsca: Zmień zarządcę → Zarząd Zieleni.').waitFor()
  await dialog.getByRole('button', { name: 'Zmień', exact: true }).click()
  // one of them has no operator: it is named, and nothing was changed
  await dialog.getByRole('alert').getByRole('link', { name: 'Hurtowa brama' }).waitFor()
  for (const id of ids) expect((await record(context, id)).version).toBe(1)
  await dialog.getByRole('button', { name: 'Odznacz je i spróbuj bez nich' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Zmieniono 2 miejsca.').first().waitFor()
  expect((await Promise.all(ids.map((id) => record(context, id)))).map((r) => r.infrastructure?.operator ?? '')).toEqual(['Zarząd Zieleni', '', 'Zarząd Zieleni'])
  expect(complaints).toEqual([])
  await context.close()
})

test('a file is tried, imported and undone', async () => {
  const { page, complaints, context } = await visit(browser, { as: 'heritage_officer' })
  const csv = ['uid,name_pl,heritage_category,publication,lon,lat',
    `${crypto.randomUUID()},Importowany spichlerz,granary,draft,20.061,49.986`,
    `${crypto.randomUUID()},Importowana kuźnia,no_such_category,draft,20.062,49.987`,
    `${crypto.randomUUID()},Importowany młyn,mill,draft,20.063,49.988`, ''].join('\n')
  await page.goto('/ewidencja/importy')
  await page.getByLabel('Plik', { exact: true }).and(page.locator('input')).setInputFiles({ name: 'spichlerze.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByRole('combobox', { name: /^Profil/ }).selectOption({ label: 'Wolnica (nasz własny eksport)' })
  await page.getByRole('button', { name: 'Sprawdź plik' }).click()
  await page.getByRole('heading', { name: 'Co by się stało' }).waitFor()
  await expect.poll(() => counts(page)).toMatchObject({ przeczytane: '3', nowe: '2', odrzucone: '1' })
  const issue = page.getByRole('table').getByRole('row').filter({ hasText: 'no_such_category' })
  expect(await issue.innerText()).toMatch(/^2\s+odrzucony/)
  expect(await found(context, 'Importowany')).toEqual([])

  await page.getByRole('button', { name: 'Importuj naprawdę' }).click()
  await page.getByRole('heading', { name: 'Wynik' }).waitFor()
  await expect.poll(() => counts(page)).toMatchObject({ przeczytane: '3', nowe: '2', odrzucone: '1' })
  await expect.poll(async () => (await found(context, 'Importowany')).sort()).toEqual(['Importowany młyn', 'Importowany spichlerz'])
  await page.getByRole('link', { name: 'Pokaż miejsca z tego importu' }).click()
  await expect.poll(async () => (await names(page.getByRole('table'))).sort()).toEqual(['Importowany młyn', 'Importowany spichlerz'])
  await page.goBack()
  await page.getByRole('button', { name: 'Cofnij import' }).click()
  await page.getByRole('dialog', { name: 'Cofnąć cały import?' }).getByRole('button', { name: 'Tak, cofnij' }).click()
  await page.getByRole('heading', { name: 'Import cofnięty.' }).waitFor()
  await page.getByText('usunięto 2 rekordy').waitFor()
  await expect.poll(() => found(context, 'Importowany')).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})

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
  // what the record has already is no change, and a report that is refused counts against the limit: measures are left out
  const texts = 'input:not([type=date]):not([inputmode=decimal]):not([inputmode=numeric]), textarea'
  expect(await fillWithProbe(visitor.page, report, 'Wyślij zgłoszenie', async () => (await visitor.page.getByText(/Numer zgłoszenia/).count()) > 0, PROBE + '!', texts)).toBeGreaterThan(5)
  await unharmed(visitor.page, 'the report')

  const { teryt } = (await record(context, id)).municipality
  for (const path of ['/ewidencja/zgloszenia', `/miejsca/${id}`, '/ewidencja?sort=-id&columns=name,address,protection,dating,operator,hours,website,source,licence', `/ewidencja/kolejki?queue=survey&category=manor&municipality=${teryt}`, `/miejsca/${id}?wersja=tekst`]) {
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
async function record(context: BrowserContext, id: number): Promise<{ version: number; name: { pl: string }; protections: string[]; condition: { grade?: string }; geometry: { coordinates: number[] }; infrastructure?: { operator?: string }; municipality: { teryt: string } }> {
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
async function fillWithProbe(page: Page, form: Locator, button: string | RegExp, done: () => Promise<boolean>, probe = PROBE, which = 'input:not([type=date]), textarea'): Promise<number> {
  const boxes = form.getByRole('textbox').and(page.locator(which))
  await boxes.first().waitFor()
  const all = await boxes.all()
  for (const box of all) if (await box.isEditable()) await box.fill(probe)
  // of values of the wrong type the server names the first alone
  for (let round = 0; round < all.length; round++) {
    const took = (await boxes.evaluateAll((fields) => fields.map((f) => (f as HTMLInputElement).value))).filter((value) => value === probe).length
    await form.getByRole('button', { name: button }).last().click()
    const refused = async () => (await form.locator('[aria-invalid="true"]').count()) > 0
    await expect.poll(async () => (await done()) || (await refused()), { timeout: 30_000 }).toBe(true)
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
