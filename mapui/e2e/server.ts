/**
 * Starts the real program on a database of its own with the demonstration data, once for all tests: WOLNICA_E2E_BINARY names it (../bin/wolnica by
 * default). Everything it makes lies in a temporary folder and goes with it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

export interface Account {
  email: string
  password: string
}

declare module 'vitest' {
  interface ProvidedContext {
    address: string
    accounts: Record<string, Account>
    chromium: string
  }
}

/** The Chromium the system has; a test without one fails, it is not skipped. */
export function chromium(): string {
  const named = process.env.WOLNICA_CHROMIUM
  if (named) return named
  for (const name of ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser']) {
    for (const folder of (process.env.PATH ?? '').split(':')) if (folder && existsSync(join(folder, name))) return join(folder, name)
  }
  throw new Error('There is no Chromium: apt-get install chromium')
}

export interface Served {
  address: string
  /** What it printed so far: the demonstration accounts are in it. */
  out: () => string
  stop: () => Promise<void>
}

/** serve starts the program in a folder, with more arguments and variables of the environment, and waits until it answers. */
export async function serve(folder: string, more: string[], env: Record<string, string> = {}): Promise<Served> {
  const binary = resolve(process.env.WOLNICA_E2E_BINARY ?? '../bin/wolnica')
  const server = spawn(binary, ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--log-format', 'json', '--client-rate', '0', ...more], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let log = ''
  let out = ''
  server.stderr.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-20_000)))
  server.stdout.on('data', (text: Buffer) => (out += text.toString()))
  const address = await started(server, () => out, () => log)
  return {
    address,
    out: () => out,
    stop: async () => {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGINT')
      await ended
    },
  }
}

/** temporary makes a folder that the user who runs PostgreSQL can enter, too. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wolnica-e2e-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another user when the tests run as root
  return folder
}

/** demonstration serves the demonstration data and knows its accounts by role. */
export async function demonstration(folder: string): Promise<Served & { accounts: Record<string, Account> }> {
  const server = await serve(folder, ['--demo'])
  const accounts: Record<string, Account> = {}
  for (const [, email, password] of server.out().matchAll(/^\s+(\S+@wolnica\.example)\s+(\S+)/gm)) {
    if (email && password) accounts[email.split('@')[0] ?? ''] = { email, password }
  }
  return { ...server, accounts }
}

export default async function setup(project: TestProject) {
  const folder = temporary()
  const server = await demonstration(folder)
  project.provide('address', server.address)
  project.provide('accounts', server.accounts)
  project.provide('chromium', chromium())
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
    if (existsSync('e2e/results') && readdirSync('e2e/results').length === 0) rmSync('e2e/results', { recursive: true })
  }
}

async function started(server: ChildProcess, out: () => string, log: () => string): Promise<string> {
  let ended = false
  server.once('exit', () => (ended = true))
  for (;;) {
    const found = /^Wolnica is running: (\S+)/m.exec(out())
    if (found?.[1]) {
      const ready = await fetch(`${found[1]}/readyz`).then((answer) => answer.ok, () => false)
      if (ready) return found[1]
    }
    if (ended) throw new Error(`The server ended before it was ready:\n${out()}\n${log()}`)
    await new Promise((wait) => setTimeout(wait, 100))
  }
}
