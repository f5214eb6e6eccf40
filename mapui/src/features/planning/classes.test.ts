import { expect, it } from 'vitest'
import { barShare, classesOf, classOf, compared, rangeText } from './classes'

/** A generator of numbers that is the same each time. */
function numbers(seed: number): () => number {
  let x = seed
  return () => ((x = (x * 16807) % 2147483647) % 1000) / 10
}

it('puts every value into one class, equal ones together, in order and without gaps in the counts', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = numbers(seed)
    const values = Array.from({ length: 1 + (seed % 23) }, () => (seed % 3 === 0 ? Math.round(next() / 20) : next()))
    const classes = classesOf(values)
    expect(classes.length).toBeLessThanOrEqual(5)
    expect(classes.length).toBe(Math.min(classes.length, new Set(values).size))
    expect(classes.reduce((n, c) => n + c.count, 0)).toBe(values.length)
    classes.forEach((c, i) => {
      expect(c.count).toBeGreaterThan(0)
      expect(values).toContain(c.from)
      expect(values).toContain(c.to)
      if (i > 0) expect(c.from).toBeGreaterThan(classes[i - 1]!.to)
      if (i > 0) expect(c.shade).toBeGreaterThan(classes[i - 1]!.shade)
    })
    for (const v of values) {
      const c = classOf(classes, v)
      expect(c !== null && c.from <= v && v <= c.to).toBe(true)
    }
  }
})

it('gives each of few values a class of its own, and a lone one the middle shade', () => {
  expect(classesOf([3, 1, 3])).toEqual([{ from: 1, to: 1, count: 1, shade: 0 }, { from: 3, to: 3, count: 2, shade: 4 }])
  expect(classesOf([7, 7])).toEqual([{ from: 7, to: 7, count: 2, shade: 2 }])
  expect(classesOf([])).toEqual([])
})

it('makes classes of about as many municipalities each', () => {
  expect(classesOf(Array.from({ length: 15 }, (_, i) => i)).map((c) => c.count)).toEqual([3, 3, 3, 3, 3])
})

it('has no class for no value', () => {
  const classes = classesOf([1, 2])
  expect([classOf(classes, null), classOf(classes, undefined), classOf(classes, Number.NaN)]).toEqual([null, null, null])
})

it('writes the numbers of a class', () => {
  const share = (v: number) => `${v}%`
  expect(rangeText({ from: 10, to: 40 }, share)).toBe('10–40%')
  expect(rangeText({ from: 40, to: 40 }, share)).toBe('40%')
  expect(rangeText({ from: 1, to: 2 }, (v) => `${v} zł`)).toBe('1 zł–2 zł')
})

it('puts the worst municipality first, and one without a value last whichever way', () => {
  const rows = [{ name: 'Żabno', teryt: '1', value: 20 }, { name: 'Łapsze', teryt: '2', value: null }, { name: 'Czernichów', teryt: '3', value: 60 }, { name: 'Ćwików', teryt: '4', value: 20 }]
  const names = (order: Parameters<typeof compared>[1], better: Parameters<typeof compared>[2]) => compared(rows, order, better, 'pl').map((r) => r.name)
  expect(names('need', 'less')).toEqual(['Czernichów', 'Ćwików', 'Żabno', 'Łapsze'])
  expect(names('need', 'more')).toEqual(['Ćwików', 'Żabno', 'Czernichów', 'Łapsze'])
  expect(names('-need', 'less')).toEqual(['Ćwików', 'Żabno', 'Czernichów', 'Łapsze'])
  expect(names('need', null)).toEqual(['Czernichów', 'Ćwików', 'Żabno', 'Łapsze'])
  expect(names('name', 'less')).toEqual(['Czernichów', 'Ćwików', 'Łapsze', 'Żabno'])
  expect(names('-name', 'less')).toEqual(['Żabno', 'Łapsze', 'Ćwików', 'Czernichów'])
})

it('draws bars on the scale of the unit', () => {
  expect(barShare(40, '%', 50)).toBe(0.4)
  expect(barShare(3, 'grade', 5)).toBe(0.5)
  expect(barShare(2, '1', 8)).toBe(0.25)
  expect([barShare(null, '%', 5), barShare(0, '1', 0)]).toEqual([0, 0])
})
