/** Takes the pictures of docs/ anew, from the demonstration data: npm run gallery, after make build. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { test } from 'vitest'
import { drawn, launch } from './browser'
import { chromium, demonstration, temporary } from './server'

const desk = { width: 1440, height: 900 }
/** A page of paper. */
const sheet = { width: 794, height: 1123 }
const phone = { width: 375, height: 812 }

interface Picture {
  file: string
  path: string
  as?: string
  look?: BrowserContextOptions
  /** A report as it is printed, from this heading on. */
  paper?: string
  then?: (page: Page) => Promise<void>
}

const pictures: Picture[] = [
  { file: 'explore', path: '/?profile=wheelchair&m=10.4/50.0498/19.9825' },
  { file: 'place', path: '/miejsca/57?profile=wheelchair' },
  { file: 'product-en', path: '/produkty/1?profile=wheelchair&lang=en', look: { locale: 'en-GB' } },
  { file: 'registry', path: '/ewidencja', as: 'admin' },
  { file: 'editor', path: '/ewidencja/miejsca/57', as: 'admin', then: (page) => page.getByRole('link', { name: 'Ochrona', exact: true }).click() },
  { file: 'planning', path: '/inwestycje?warstwa=gminy', as: 'planner' },
  { file: 'barriers-dark', path: '/inwestycje?warstwa=bariery', as: 'planner', look: { colorScheme: 'dark' } },
  { file: 'gaps', path: '/inwestycje/braki?standard=culture', as: 'planner' },
  { file: 'programme', path: '/inwestycje/programy/2', as: 'planner', then: (page) => page.getByText(/Nie istnieje/).first().waitFor({ timeout: 240_000 }) },
  { file: 'defence', path: '/inwestycje/programy/2?widok=obrona', as: 'planner', then: (page) => page.getByRole('heading', { name: 'Jak pewne są wybory' }).waitFor({ timeout: 240_000 }) },
  { file: 'compare', path: '/inwestycje/programy/1?widok=porownanie&porownaj=2', as: 'planner', then: (page) => page.getByRole('table', { name: 'Programy A i B w liczbach' }).waitFor() },
  { file: 'assumptions', path: '/inwestycje/zalozenia?czesc=art-13f', as: 'planner', then: (page) => page.getByRole('table').first().waitFor() },
  { file: 'council', path: '/raporty/program/2', as: 'planner', paper: 'Mapa' },
  { file: 'council-municipality', path: '/raporty/program/2', as: 'planner', paper: 'Igołomia-Wawrzeńczyce' },
  { file: 'phone', path: '/?profile=wheelchair&m=12.2/50.0585/19.9400', look: { viewport: phone, hasTouch: true, isMobile: true } },
  { file: 'phone-place', path: '/miejsca/57?profile=wheelchair', look: { viewport: phone, hasTouch: true, isMobile: true }, then: (page) => page.getByRole('button', { name: 'Powiększ panel' }).click() },
  { file: 'phone-dark', path: '/?profile=pram&m=12.2/50.0585/19.9400', look: { viewport: phone, hasTouch: true, isMobile: true, colorScheme: 'dark' } },
]

test('pictures', async () => {
  const folder = temporary()
  const server = await demonstration(folder)
  const browser = await launch(chromium())
  mkdirSync('docs', { recursive: true })
  try {
    for (const picture of pictures) {
      const context = await browser.newContext({ baseURL: server.address, viewport: picture.paper ? sheet : desk, locale: 'pl-PL', reducedMotion: 'reduce', timezoneId: 'Europe/Warsaw', ...picture.look })
      if (picture.as) await context.request.post('/api/v1/sign-in', { data: server.accounts[picture.as], headers: { Origin: server.address } })
      const page = await context.newPage()
      await page.goto(picture.path)
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
      if (picture.paper) {
        await page.emulateMedia({ media: 'print' })
        await page.evaluate(() => (document.body.style.padding = '2.5rem')) // the margin of the paper
        await page.getByRole('heading', { name: picture.paper }).first().evaluate((heading) => heading.scrollIntoView({ block: 'start' }))
      } else await drawn(page)
      await picture.then?.(page)
      await page.waitForTimeout(1500)
      const shot = await (await context.newCDPSession(page)).send('Page.captureScreenshot', { format: 'webp', quality: 80 })
      writeFileSync(`docs/${picture.file}.webp`, Buffer.from(shot.data, 'base64'))
      await context.close()
    }
  } finally {
    await browser.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
