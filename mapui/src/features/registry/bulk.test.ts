import { expect, test } from 'vitest'
import { ACTIONS, failuresOf, patchOf, VALUED } from './bulk'

test('every action says one thing to the API, and none that lacks its value', () => {
  for (const action of ACTIONS) {
    expect(Object.keys(patchOf(action, 'x') ?? {})).toHaveLength(1)
    if (VALUED.has(action) && action !== 'operator') expect(patchOf(action, ' ')).toBeNull()
  }
  expect(patchOf('archive', 'x')).toEqual({ publication: 'archived' })
  expect(patchOf('lifecycle', 'closed')).toEqual({ lifecycle: 'closed' })
  expect(patchOf('operator', ' ')).toEqual({ operator: '' })
})

test('the records that stood in the way are found by their place in what was sent', () => {
  const sent = [{ id: 11, name: 'a' }, { id: 12, name: 'b' }, { id: 13, name: 'c' }]
  const fields = [{ pointer: '/places/2', code: 'stale', detail: 'newer' }, { pointer: '/patch/lifecycle', code: 'vocabulary', detail: 'no' }, { pointer: '/places/9', code: 'forbidden', detail: '?' }]
  expect(failuresOf({ fields }, sent)).toEqual([{ id: 13, name: 'c', code: 'stale', message: 'newer' }])
})
