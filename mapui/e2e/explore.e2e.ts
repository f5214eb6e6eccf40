/** The tourist: finds what they can really use, without an account, with the mouse and with the keyboard alone. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { palettes } from '../src/map/palette'
import { accessible, address, drawn, launch, pixel, visit, withMap } from './browser'
import { focused, tabTo } from './keyboard'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** Kraków's centre, where every record stands alone. */
const CENTRE = '15/50.0615/19.9373'

test('with the mouse: needs, search, the place and why', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.goto('/')
  await page.getByRole('button', { name: 'Wybierz potrzeby' }).click()
  const dialog = page.getByRole('dialog', { name: 'Moje potrzeby' })
  await dialog.getByRole('checkbox', { name: 'Wózek ręczny' }).click()
  await dialog.getByRole('button', { name: 'Zastosuj' }).click()
  await expect.poll(() => page.url()).toContain('profile=wheelchair')
  // every row says in words whether one can use it
  const first = page.getByRole('list').filter({ has: page.getByRole('heading', { level: 2 }) }).getByRole('listitem').first()
  await expect.poll(async () => await first.textContent()).toMatch(/Dostępne\.|Z pomocą\.|Niedostępne\.|Nie wiadomo\./)
  await page.getByRole('combobox', { name: 'Dokąd?' }).pressSequentially('synag sta')
  await page.getByRole('option', { name: /Synagoga Stara/ }).click()
  await page.getByRole('heading', { level: 1, name: 'Synagoga Stara' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/miejsca/57-synagoga-stara')
  expect(page.url()).toContain('profile=wheelchair')
  expect(await page.title()).toBe('Synagoga Stara · Wolnica')
  // the broken link is named
  await page.getByText('dojście ma nachylenie 16 %').first().waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('with the keyboard alone: needs, search, the place, and back', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.goto('/')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Przejdź do treści')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Wybierz potrzeby')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Wózek elektryczny')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain('profile=powered_wheelchair')
  // the focus is back where it came from, or on what replaced it
  await tabTo(page, 'Dokąd?', true)
  await page.keyboard.type('lagiew')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  const chosen = await page.getByRole('option', { selected: true }).textContent()
  expect(chosen).toMatch(/Łagiewnik/)
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName === 'H1' && document.activeElement.textContent)).toMatch(/Łagiewnik/)
  await page.goBack()
  await page.getByRole('combobox').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

/** Holds the program back until `start` is called: the page is what the server wrote. */
async function held(page: Page): Promise<() => void> {
  let start = () => {}
  const started = new Promise<void>((done) => (start = done))
  await page.route('**/ui/assets/main-*.js', async (route) => {
    await started
    await route.continue()
  })
  return start
}

/** What there is to see of the list, and where: the first rows, the search, the tabs. */
function seen(page: Page): Promise<{ text: string; box: number[] }[]> {
  return page.evaluate(() =>
    ['header', '.brand', '#search', '.needs p', '.needs .btn', '.tabs', '.tabs a[aria-current]', '.row > .btn', '.count', ...[1, 2, 3, 4, 5].flatMap((n) => [`ol.rows > li:nth-child(${n})`, `ol.rows > li:nth-child(${n}) .far`]), '.map-side'].map((selector) => {
      const e = document.querySelector(`#app ${selector}`) as HTMLElement
      const { x, y, width, height } = e.getBoundingClientRect()
      // what only the program can do stands in the header beside what is there from the start
      return { text: ['header', '.map-side'].includes(selector) ? selector : e.innerText.replace(/\s+/g, ' ').trim(), box: [x, y, width, height].map(Math.round) }
    }),
  )
}

test.each([
  ['wide, Polish', { width: 1440, height: 900 }, '/', 'pl-PL'],
  ['a phone, English', { width: 375, height: 812 }, '/miejsca?category=museum&lang=en', 'en-GB'],
])('the page can be used before the program runs, which takes its place without a jump: %s', async (_, viewport, path, locale) => {
  const { page, complaints, context } = await visit(browser, { viewport, locale })
  const start = await held(page)
  await page.goto(path, { waitUntil: 'commit' })
  await page.locator('#first ol.rows a').first().waitFor()
  expect(await page.getByRole('combobox').count()).toBe(0)
  await page.evaluate(() => document.fonts.ready)
  await accessible(page, 'the first view')
  const before = await seen(page)
  start()
  await page.getByRole('combobox').first().waitFor()
  expect(await page.locator('#first').count()).toBe(0)
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
  const after = await seen(page)
  expect(after).toEqual(before)
  // and the map fills its side, with all its styles
  await drawn(page)
  const [canvas, side] = [await page.locator('#map-canvas').boundingBox(), await page.locator('.map-side').boundingBox()]
  for (const measure of ['x', 'y', 'width', 'height'] as const) expect(Math.abs((canvas?.[measure] ?? 0) - (side?.[measure] ?? -9)), measure).toBeLessThan(1) // whole pixels
  expect(await page.evaluate(() => [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter((l) => l.disabled).map((l) => new URL(l.href).pathname))).toEqual(['/site.css'])
  expect(complaints).toEqual([])
  await context.close()
})

test('what was begun in the first view goes on in the program: the scrolled list, the text typed, the focus', async () => {
  const { page, complaints, context } = await visit(browser)
  let start = await held(page)
  await page.goto('/', { waitUntil: 'commit' })
  await page.locator('#search').pressSequentially('synag sta')
  await page.locator('#panel').evaluate((panel) => panel.scrollTo({ top: 500 }))
  start()
  await page.getByRole('option', { name: /Synagoga Stara/ }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('search')
  expect(await page.locator('#panel').evaluate((panel) => panel.scrollTop)).toBe(500)
  await page.keyboard.type('ra')
  expect(await page.getByRole('combobox').inputValue()).toBe('synag stara')

  start = await held(page)
  await page.goto('/', { waitUntil: 'commit' })
  const link = page.locator('ol.rows a').nth(3)
  await link.focus()
  const name = await link.textContent()
  start()
  await page.getByRole('combobox').waitFor()
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(name)

  // a search and a link work without the program
  start = await held(page)
  await page.goto('/?category=museum', { waitUntil: 'commit' })
  await page.locator('#search').fill('Schindler')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=Schindler/, { waitUntil: 'commit' })
  expect(new URL(page.url()).searchParams.get('category')).toBe('museum')
  const { total } = (await (await fetch(`${address()}/api/v1/map/places?category=museum&q=Schindler`)).json()) as { total: number }
  expect(total).toBeGreaterThan(0)
  await expect.poll(() => page.locator('#first ol.rows a').count()).toBe(total)
  start()
  expect(complaints).toEqual([])
  await context.close()
})

test('a chosen look is there before the program', async () => {
  const { page, context } = await visit(browser)
  await page.goto('/')
  await page.getByRole('button', { name: 'Wygląd: jak w systemie' }).click()
  await page.getByRole('button', { name: 'Wygląd: jasny' }).click()
  await page.getByRole('button', { name: 'Wygląd: ciemny' }).waitFor()
  const start = await held(page)
  await page.reload({ waitUntil: 'commit' })
  await page.locator('#first ol.rows a').first().waitFor()
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(22, 25, 27)')
  start()
  await context.close()
})

test('a browser that draws no map says so, and everything else works', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.addInitScript(() => {
    const get = HTMLCanvasElement.prototype.getContext
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...more: unknown[]) {
      return kind.startsWith('webgl') ? null : Reflect.apply(get, this, [kind, ...more])
    } as typeof get
  })
  await page.goto('/?category=museum')
  await page.getByText('Ta przeglądarka nie pokaże mapy').waitFor()
  await page.locator('ol.rows h2 a').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('the map answers the mouse and the keyboard', async () => {
  const { page, complaints, context } = await visit(browser)
  await page.goto(`/?m=${CENTRE}`)
  await drawn(page)
  const pin = await onePin(page)
  await page.mouse.move(pin.x, pin.y)
  await page.mouse.click(pin.x, pin.y)
  await expect.poll(() => new URL(page.url()).pathname).toMatch(new RegExp(`^/miejsca/${pin.id}(-|$)`))
  await page.getByRole('heading', { level: 1 }).waitFor()
  // and with the keyboard: the place under the cross in the middle
  await page.goto(`/?m=17/${pin.lat}/${pin.lon}`)
  await drawn(page)
  await page.locator('#map-canvas').focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).pathname).toMatch(new RegExp(`^/miejsca/${pin.id}(-|$)`))
  expect(complaints).toEqual([])
  await context.close()
})

test('pan and zoom have buttons, and the address follows the map', async () => {
  const { page, context } = await visit(browser)
  await page.goto(`/?m=${CENTRE}`)
  await drawn(page)
  const before = new URL(page.url()).searchParams.get('m')
  await page.getByRole('button', { name: 'Przesuń na wschód' }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('m')).not.toBe(before)
  const [, , east] = (new URL(page.url()).searchParams.get('m') ?? '').split('/').map(Number)
  expect(east).toBeGreaterThan(19.9373)
  await page.getByRole('button', { name: 'Przybliż' }).click()
  await expect.poll(() => Number((new URL(page.url()).searchParams.get('m') ?? '').split('/')[0])).toBeGreaterThan(15.5)
  await context.close()
})

test('the ids on the map are the ids in the list, for any filter and box', async () => {
  const { page, context } = await visit(browser)
  const random = mulberry(20_261_127)
  const filters = ['', 'kind=heritage', 'kind=infrastructure', 'category=museum', 'profile=wheelchair&fit=help', 'protection=register', 'q=muzeum', 'grade=none', 'municipality=1261011', 'profile=deaf,pram&fit=maybe']
  for (let round = 0; round < 10; round++) {
    const filter = filters[round % filters.length]
    const [lat, lon, zoom] = [50.05 + random() * 0.025, 19.915 + random() * 0.05, 14.2 + random()]
    await page.goto(`/?${filter}&m=${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`)
    await drawn(page)
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
    await page.waitForTimeout(600) // the list waits a little for the map to rest
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
    for (let more = page.getByRole('button', { name: 'Pokaż więcej' }); (await more.count()) > 0; ) {
      const shown = await page.locator('ol.rows > li').count()
      await more.click()
      await expect.poll(() => page.locator('ol.rows > li').count()).toBeGreaterThan(shown)
    }
    const listed = (await page.locator('ol.rows h2 a').evaluateAll((links) => links.map((a) => Number(/\/miejsca\/(\d+)/.exec((a as HTMLAnchorElement).href)?.[1])))).sort((a, b) => a - b)
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
    expect(mapped, `${filter} at ${zoom}/${lat}/${lon}`).toEqual(listed)
  }
  await context.close()
})

test('the canvas shows the ground in its colours, light and dark', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const { page, context } = await visit(browser, { colorScheme: theme })
    await page.goto('/?q=nichtsdergleichen&m=11/50.03/20.33')
    await drawn(page)
    const wood = await at(page, [20.36, 50.02])
    expect(await near(page, wood, palettes[theme].green), `the forest of Niepołomice, ${theme}`).toBe(true)
    const paper = await bare(page)
    expect(await near(page, paper, palettes[theme].ground), `paper, ${theme}`).toBe(true)
    await context.close()
  }
})

test('a line that is being measured stays when the look of the map changes', async () => {
  const { page, context } = await visit(browser)
  await page.goto('/')
  await drawn(page)
  await page.getByRole('button', { name: 'Zmierz odległość' }).click()
  const map = page.locator('#map-canvas')
  await map.click({ position: { x: 200, y: 200 } })
  await map.click({ position: { x: 320, y: 260 } })
  const lines = async () => {
    await drawn(page)
    return withMap(page, (m) => m.queryRenderedFeatures({ layers: ['measure-line'] }).length, null)
  }
  await expect.poll(lines).toBeGreaterThan(0)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => withMap(page, (m) => m.getPaintProperty('paper', 'background-color'), null)).toBe(palettes.dark.ground)
  await expect.poll(lines).toBeGreaterThan(0)
  await page.keyboard.press('Escape')
  await expect.poll(lines).toBe(0)
  await context.close()
})

test('without a script every page is there as text', async () => {
  const { page, context } = await visit(browser, { javaScriptEnabled: false })
  await page.goto('/miejsca/57-synagoga-stara?profile=wheelchair')
  await page.getByRole('heading', { level: 1, name: 'Synagoga Stara' }).waitFor()
  await page.getByText('dojście ma nachylenie 16 %').first().waitFor()
  // search engines get the page without anybody's needs
  await page.goto('/miejsca/57-synagoga-stara')
  expect(await page.locator('link[rel=canonical]').getAttribute('href')).toBe(`${address()}/miejsca/57-synagoga-stara`)
  expect(JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? '{}')).toMatchObject({ '@context': 'https://schema.org' })
  await context.close()
})

test('remembered needs are forgotten when they are cleared, and what was not remembered is told', async () => {
  const { page, context } = await visit(browser)
  const cookie = async () => (await context.cookies()).find((c) => c.name === 'wolnica_needs')?.value
  await page.goto('/')
  await page.getByRole('button', { name: 'Wybierz potrzeby' }).click()
  const dialog = page.getByRole('dialog', { name: 'Moje potrzeby' })
  await dialog.getByRole('checkbox', { name: 'Wózek ręczny' }).check()
  await dialog.getByRole('checkbox', { name: 'Zapamiętaj w tej przeglądarce' }).check()
  await page.route('**/potrzeby', (route) => route.abort())
  await dialog.getByRole('button', { name: 'Zastosuj' }).click()
  await dialog.getByRole('alert').getByText('nie udało się go zapamiętać').waitFor()
  expect(await cookie()).toBeUndefined()
  await page.unroute('**/potrzeby')
  await dialog.getByRole('button', { name: 'Zastosuj' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await cookie()).toBe('wheelchair')
  await page.goto('/')
  await page.waitForURL(/profile=wheelchair/)
  await page.getByRole('button', { name: 'Bez potrzeb' }).click()
  await page.waitForURL((url) => !url.search.includes('profile'))
  await expect.poll(cookie).toBeUndefined()
  await page.goto('/')
  await page.getByRole('button', { name: 'Wybierz potrzeby' }).waitFor()
  await context.close()
})

test('an online ground says whose it is, and one that cannot be had is told', async () => {
  const { page, context } = await visit(browser)
  await page.route((url) => url.pathname === '/', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace('"online":null', `"online":{"url":"${address()}/ground.json","attribution":"© Jakaś mapa"}`) })
  })
  await page.route('**/ground.json', (route) => route.abort())
  await page.goto(`/?m=${CENTRE}`)
  await drawn(page)
  await page.getByRole('button', { name: 'Warstwy i podkład' }).click()
  const panel = page.getByRole('region', { name: 'Warstwy i podkład' })
  await panel.getByRole('radio', { name: 'OpenStreetMap z sieci' }).check({ force: true })
  await panel.getByText('Nie udało się wczytać wybranego podkładu').waitFor()
  expect(await panel.getByRole('radio', { name: 'schemat' }).isChecked()).toBe(true)
  await page.unroute('**/ground.json')
  await page.route('**/ground.json', (route) => route.fulfill({ json: { version: 8, sources: {}, layers: [{ id: 'paper', type: 'background', paint: { 'background-color': '#eee' } }] } }))
  await panel.getByRole('radio', { name: 'OpenStreetMap z sieci' }).check()
  await page.locator('.maplibregl-ctrl-attrib-inner').getByText('© Jakaś mapa').waitFor({ state: 'attached' })
  expect(await panel.getByText('Nie udało się').count()).toBe(0)
  await panel.getByRole('radio', { name: 'schemat' }).check()
  await expect.poll(async () => await page.locator('.maplibregl-ctrl-attrib-inner').textContent()).not.toContain('Jakaś mapa')
  await context.close()
})

test('what is checked is checked for the needs chosen now, and counts leave only their own choice out', async () => {
  const { page, context } = await visit(browser)
  const asked: URLSearchParams[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname === '/api/v1/map/facets') asked.push(url.searchParams)
  })
  await page.goto(`/?profile=pram&verified=true&municipality=1261011&m=${CENTRE}`)
  await page.getByRole('button', { name: /Filtry|Zawęź/ }).first().click()
  const count = async (name: string) => Number(/\(([^)]*)\)$/.exec((await page.getByLabel('Gmina').locator('option', { hasText: name }).textContent()) ?? '')?.[1])
  await expect.poll(() => asked.some((q) => q.get('by') === 'category' && q.get('municipality') === '1261011' && q.get('verified') === 'pram')).toBe(true)
  expect(asked.some((q) => q.get('by') === 'municipality' && !q.has('municipality'))).toBe(true)
  await expect.poll(() => count('Kraków')).toBeGreaterThanOrEqual(0)
  expect(page.url()).toContain('verified=true')
  await context.close()
})

test('nothing is cut off or scrolls sideways at 320 px', async () => {
  const { page, context } = await visit(browser, { viewport: { width: 320, height: 640 } })
  for (const path of ['/', '/produkty', '/miejsca/57-synagoga-stara?profile=wheelchair', '/?q=zzzz']) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    await page.waitForTimeout(500)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320)
    const wide = await page.evaluate(() => [...document.querySelectorAll('#panel *')].filter((e) => e.getBoundingClientRect().right > 321 && getComputedStyle(e).position !== 'absolute' && !e.closest('.scroll, .visually-hidden, [data-scroll]')).map((e) => e.outerHTML.slice(0, 120)))
    expect(wide, path).toEqual([])
  }
  await context.close()
})

test('what people wrote is shown as text, whatever it looks like', async () => {
  const admin = await visit(browser, { as: 'admin' })
  const probe = '"><img src=x onerror="window.probed=1"><script>window.probed=1</script>{{7*7}}'
  const answer = await admin.context.request.post('/api/v1/places', {
    headers: { Origin: address() },
    data: {
      name: { pl: `Sonda ${probe}`, en: `Probe ${probe}` }, description: { pl: probe, en: probe }, lifecycle: 'existing', publication: 'published', visibility: 'public',
      geometry: { type: 'Point', coordinates: [19.9371, 50.0614] }, accuracy: 'within_100m', address: { locality: probe, street: probe, house_number: '1', postcode: '30-001' },
      opening_hours: probe, infrastructure: { category: 'park', operator: probe, equipment: probe }, heritage: { category: 'monument', dating: { text: probe }, materials: probe },
      source: probe,
    },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  const { id } = (await answer.json()) as { id: number }
  for (const path of [`/miejsca/${id}`, '/?q=sonda', `/?m=17/50.0614/19.9371`, `/ewidencja/miejsca/${id}`, '/ewidencja?q=sonda', `/miejsca/${id}?profile=wheelchair`]) {
    await admin.page.goto(path)
    await admin.page.waitForTimeout(1500)
    expect(await admin.page.evaluate(() => 'probed' in window), path).toBe(false)
    expect(await admin.page.locator('img[src="x"]').count(), path).toBe(0)
  }
  expect(admin.complaints).toEqual([])
  await admin.context.close()
})

/** A pin that stands apart from others, in pixels of the page. */
async function onePin(page: Page): Promise<Pin> {
  let found: Pin | null = null
  // signs are placed a frame or more after their tiles have come
  await expect.poll(async () => (found = await standingApart(page)) !== null, { timeout: 30_000 }).toBe(true)
  return found!
}

test('what is printed has the map, and begins with it', async () => {
  const { page, context, complaints } = await visit(browser)
  await page.goto('/?m=12/50.06/19.94')
  await drawn(page)
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print' })
  const printed = await page.locator('canvas.printed').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = new Uint32Array(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
    return { colours: new Set(pixels).size, map: canvas.getBoundingClientRect().top, list: document.querySelector('#panel ol.rows')!.getBoundingClientRect().top }
  })
  expect(printed.colours).toBeGreaterThan(50)
  expect(printed.map).toBeLessThan(printed.list)
  expect(await page.getByRole('button', { name: 'Filtry' }).isVisible()).toBe(false)
  expect(complaints).toEqual([])
  await context.close()
})

interface Pin {
  id: number
  x: number
  y: number
  lon: number
  lat: number
}

function standingApart(page: Page): Promise<Pin | null> {
  return withMap(
    page,
    (map) => {
      const box = map.getContainer().getBoundingClientRect()
      const pins = map
        .queryRenderedFeatures({ layers: ['place-pin'] })
        .filter((f) => f.geometry.type === 'Point')
        .map((f) => {
          const [lon, lat] = (f.geometry as GeoJSON.Point).coordinates as [number, number]
          const { x, y } = map.project([lon, lat])
          return { id: Number(f.id), x, y, lon, lat }
        })
      const inside = pins.filter((p) => p.x > 120 && p.x < box.width - 160 && p.y > 120 && p.y < box.height - 120)
      const apart = inside.find((p) => pins.every((q) => q.id === p.id || Math.hypot(q.x - p.x, q.y - p.y) > 48))
      return apart ? { ...apart, x: apart.x + box.x, y: apart.y + box.y - 20 } : null
    },
    null,
  )
}

async function at(page: Page, position: [number, number]): Promise<{ x: number; y: number }> {
  return withMap(
    page,
    (map, p) => {
      const box = map.getContainer().getBoundingClientRect()
      const { x, y } = map.project(p)
      return { x: Math.round(x + box.x), y: Math.round(y + box.y) }
    },
    position,
  )
}

/** A point of the map where there is nothing but paper. */
async function bare(page: Page): Promise<{ x: number; y: number }> {
  const found = await withMap(
    page,
    (map) => {
      const box = map.getContainer().getBoundingClientRect()
      for (let y = 100; y < box.height - 80; y += 20) {
        for (let x = 60; x < box.width - 140; x += 20) {
          const under = map.queryRenderedFeatures([[x - 8, y - 8], [x + 8, y + 8]] as [[number, number], [number, number]])
          if (under.every((f) => f.layer.id === 'municipality-area')) return { x: Math.round(x + box.x), y: Math.round(y + box.y) }
        }
      }
      return null
    },
    null,
  )
  if (!found) throw new Error('no bare paper in view')
  return found
}

/** Tells whether the pixel there is of a colour, give or take what drawing rounds. */
async function near(page: Page, point: { x: number; y: number }, colour: string): Promise<boolean> {
  const got = await pixel(page, point)
  const want = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16))
  return got.every((v, i) => Math.abs(v - (want[i] ?? 0)) <= 6)
}

/** Random numbers that are the same each time. */
function mulberry(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
