import { expect, test } from 'vitest'

type Messages = { [key: string]: string | ((...args: never[]) => string) | Messages }

const polish = import.meta.glob<Record<string, Messages>>('./pl/*.ts', { eager: true })
const english = import.meta.glob<Record<string, Messages>>('./en/*.ts', { eager: true })
const polishSource = import.meta.glob<string>('./pl/*.ts', { eager: true, query: '?raw', import: 'default' })
const englishSource = import.meta.glob<string>('./en/*.ts', { eager: true, query: '?raw', import: 'default' })
const program = Object.entries(import.meta.glob<string>(['../**/*.svelte', '../**/*.ts', '!../**/*.test.ts', '!./pl/*.ts', '!./en/*.ts'], { eager: true, query: '?raw', import: 'default' }))
const everything = program.map(([, text]) => text).join('\n')

/** The forms of a plural, whose texts may be templates. */
const FORMS = /plural\([^,]+,\s*\{((?:[^}`]|`[^`]*`)*)\}/g

const namespaces = Object.entries(polish).map(([file, module]) => {
  const [name, messages] = Object.entries(module)[0]!
  return { name, file, messages }
})

/** leaves lists the paths of all messages. */
function leaves(of: Messages, path: string[] = []): string[][] {
  return Object.entries(of).flatMap(([key, value]) => (typeof value === 'object' ? leaves(value, [...path, key]) : [[...path, key]]))
}

test('both languages have the same messages, none of them empty', () => {
  for (const { name, file, messages } of namespaces) {
    const other = english[file.replace('/pl/', '/en/')]?.[name]
    expect(other, `${name} in English`).toBeDefined()
    expect(leaves(other!).map((l) => l.join('.')).sort(), name).toEqual(leaves(messages).map((l) => l.join('.')).sort())
    for (const of of [messages, other!]) {
      for (const path of leaves(of)) {
        const value = path.reduce<unknown>((at, key) => (at as Messages)[key], of)
        if (typeof value === 'string') expect(value.trim(), `${name}.${path.join('.')}`).not.toBe('')
      }
    }
  }
})

test('every message is used', () => {
  const unused: string[] = []
  const word = (key: string) => key.replace(/[$]/g, '\\$&')
  for (const { name, messages } of namespaces) {
    for (const path of leaves(messages)) {
      // A group of messages is read by a code, group[code], or leaf by leaf; a message by its name.
      const [top, ...rest] = path
      const used =
        rest.length === 0
          ? new RegExp(`\\.${word(top!)}\\b`).test(everything) || new RegExp(`['"\`]${word(top!)}['"\`]`).test(everything)
          : new RegExp(`\\.${word(rest.length === 1 ? top! : path.at(-2)!)}\\b(\\[|\\)|,|;|\\s|\\}|\\.${word(path.at(-1)!)}\\b)`).test(everything)
      if (!used) unused.push(`${name}.${path.join('.')}`)
    }
  }
  expect(unused).toEqual([])
})

test('plurals have the forms of their language', () => {
  for (const [file, text] of Object.entries(polishSource)) {
    for (const [, forms] of text.matchAll(FORMS)) {
      for (const form of ['one', 'few', 'many', 'other']) expect(forms, `${file}: {${forms}}`).toMatch(new RegExp(`\\b${form}\\b`))
    }
  }
  for (const [file, text] of Object.entries(englishSource)) {
    for (const [, forms] of text.matchAll(FORMS)) {
      for (const form of ['one', 'other']) expect(forms, `${file}: {${forms}}`).toMatch(new RegExp(`\\b${form}\\b`))
    }
  }
})

test('no text for people stands outside the messages', () => {
  // Letters that only Polish has give a forgotten text away.
  const stray = program.flatMap(([file, text]) =>
    text
      .split('\n')
      .map((line, i) => ({ line, at: `${file}:${i + 1}` }))
      .filter(({ line }) => /[ąćęłńśźżĄĆĘŁŃŚŹŻ]/.test(line.replace(/\/\/.*$|\/\*.*?\*\/|^\s*\*.*$|<!--.*?-->/g, '')) && !/replaceAll\('ł'|fonts\.load|'Aąęłżź'/.test(line))
      .map(({ line, at }) => `${at} ${line.trim()}`),
  )
  expect(stray).toEqual([])
})
