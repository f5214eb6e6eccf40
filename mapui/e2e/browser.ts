/** What the tests have in common: a browser, a page that may not complain, the map's own answer to what it drew, and axe. */
import axe from 'axe-core'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import type { Map as LibreMap } from 'maplibre-gl'

export const address = () => inject('address')

/** Without the suggestions under Chromium's address bar: a page of their own, which takes a second of the processor for each window that opens, and nobody types there. */
const WITHOUT = ['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup']
/** What Playwright leaves out, too; its switch would lose to ours. */
const AS_EVER = ['PaintHolding', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'OptimizationHints', 'PreconnectToSearch', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'ThirdPartyStoragePartitioning']

/**
 * Chromium as it is on a computer without a graphics card: it puts the page together itself, SwiftShader draws the map alone, and the page waits for each of its
 * pictures. With a graphics process `beside` SwiftShader composes everything there: what the page's own thread does is then apart from drawing, as it is with a
 * graphics card, but a click waits behind the map, as on no computer.
 */
export function launch(executablePath = inject('chromium'), graphics: 'none' | 'beside' = 'none'): Promise<Browser> {
  const beside = ['--use-gl=angle', '--use-angle=swiftshader', '--ignore-gpu-blocklist']
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--disable-dev-shm-usage', '--font-render-hinting=none', `--disable-features=${[...WITHOUT, ...AS_EVER].join(',')}`, ...(graphics === 'beside' ? beside : [])],
  })
}

export interface Visit {
  context: BrowserContext
  page: Page
  /** What the page complained of: errors of scripts, refusals of the content policy, requests to other hosts. */
  complaints: string[]
}

interface Visitor extends BrowserContextOptions {
  /** The demonstration account the visitor signs in with. */
  as?: string
}

/** visitor is somebody who has not been here before. */
export async function visitor(browser: Browser, { as, ...rest }: Visitor = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: address(), locale: 'pl-PL', viewport: { width: 1100, height: 720 }, reducedMotion: 'reduce', timezoneId: 'Europe/Warsaw', ...rest })
  context.setDefaultTimeout(45_000)
  if (as) await signIn(context, as)
  return context
}

/** enter opens a page of a visitor. Whatever the browser complains of is kept. */
export async function enter(context: BrowserContext): Promise<Visit> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    // a refused request is the test's business, a broken script or policy is ours
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== address()) complaints.push(`request to ${url.origin}`)
  })
  return { context, page, complaints }
}

/** visit opens a page of a fresh visitor. */
export async function visit(browser: Browser, options: Visitor = {}): Promise<Visit> {
  return enter(await visitor(browser, options))
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>
/** Sessions by role: each account signs in once, since the server slows down who signs in over and over. */
const sessions = new Map<string, Cookies>()

/** Signs a demonstration account in: viewer, contributor, heritage_officer, planner, admin. */
export async function signIn(context: BrowserContext, role: string): Promise<void> {
  const kept = sessions.get(role)
  if (kept) return context.addCookies(kept)
  const account = inject('accounts')[role]
  if (!account) throw new Error(`no demonstration account ${role}`)
  const answer = await context.request.post('/api/v1/sign-in', { data: account, headers: { Origin: address() } })
  expect(answer.status(), await answer.text()).toBeLessThan(300)
  sessions.set(role, await context.cookies())
}

/** Waits until the map has drawn everything in view. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const map = (window as unknown as { wolnica?: { map?: LibreMap } }).wolnica?.map
      return Boolean(map && map.isStyleLoaded() && map.areTilesLoaded() && map.loaded() && !map.isMoving())
    },
    undefined,
    { timeout: 90_000, polling: 150 },
  )
}

/** Runs with the map of the page. */
export function withMap<T, A>(page: Page, run: (map: LibreMap, argument: A) => T, argument: A): Promise<T> {
  return page.evaluate(`(${run.toString()})(window.wolnica.map, ${JSON.stringify(argument)})`) as Promise<T>
}

interface Violation {
  id: string
  help: string
  nodes: string[]
}

/** axe gives what breaks WCAG 2.2 AA and axe's good practice on the page as it is now. */
export async function violations(page: Page): Promise<Violation[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe
    const result = await run.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')) }))
  })
}

/** Expects nothing wrong for axe, with what is wrong in the failure's text. */
export async function accessible(page: Page, state: string): Promise<void> {
  expect(await violations(page), `axe, ${state}`).toEqual([])
}

/** pixel gives red, green and blue of a point of the page as a person sees it. */
export async function pixel(page: Page, point: { x: number; y: number }): Promise<number[]> {
  const shot = await page.screenshot({ clip: { x: point.x, y: point.y, width: 1, height: 1 } })
  return page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const context = new OffscreenCanvas(1, 1).getContext('2d')
    context?.drawImage(bitmap, 0, 0)
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3)
  }, shot.toString('base64'))
}
