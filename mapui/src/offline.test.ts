import { describe, expect, it } from 'vitest'
import { appPage, treatment, userOf } from './offline'

const origin = 'https://wolnica.example'
const get = (path: string, mode = 'cors') => treatment({ method: 'GET', mode, url: origin + path }, origin)

describe('the worker', () => {
  it('keeps what an editor in the field needs', () => {
    expect(get('/ui/assets/main-1a.js')).toBe('asset')
    expect(get('/ewidencja/miejsca/12', 'navigate')).toBe('page')
    for (const path of ['/api/v1/places/12', '/api/v1/products/3', '/api/v1/vocabularies', '/api/v1/access/attributes', '/api/v1/places/12/history?limit=20', '/api/v1/media/4/thumb']) expect(get(path), path).toBe('record')
  })
  it('and nothing else', () => {
    for (const path of ['/api/v1/places?q=x', '/api/v1/me', '/api/v1/users/1', '/api/v1/tokens', '/api/v1/media/4/original', '/tiles/1/2/3', '/api/v1/map/places', '/api/v1/imports/3']) expect(get(path), path).toBe('none')
    expect(get('/zaloguj', 'navigate')).toBe('none')
    expect(get('/miejsca/1?wersja=tekst', 'navigate')).toBe('none')
    expect(treatment({ method: 'GET', mode: 'cors', url: 'https://tile.example/ui/x.js' }, origin)).toBe('none')
    expect(treatment({ method: 'PATCH', mode: 'cors', url: origin + '/api/v1/places/12' }, origin)).toBe('none')
  })
  it('forgets everything when somebody signs in or out', () => {
    for (const path of ['/wyloguj', '/zaloguj', '/api/v1/sign-out', '/api/v1/sign-in']) expect(treatment({ method: 'POST', mode: 'navigate', url: origin + path }, origin), path).toBe('signOut')
  })
  it('knows whose a page is', () => {
    expect(userOf('<script type="application/json" id="wolnica">{"user":{"id":7,"name":"A"}}</script>')).toBe(7)
    expect(userOf('<script type="application/json" id="wolnica">{"user":null}</script>')).toBe(0)
    expect(userOf('<p>text</p>')).toBeNull()
    expect(userOf('<script id="wolnica">{</script>')).toBeNull()
  })
  it('opens the addresses of the program alone', () => {
    for (const path of ['/', '/miejsca/12-zamek', '/ewidencja', '/ewidencja/miejsca/12', '/ewidencja/nowe', '/ewidencja/importy/3', '/inwestycje', '/inwestycje/braki', '/inwestycje/programy/3', '/inwestycje/propozycje/nowa', '/inwestycje/zalozenia']) expect(appPage(path), path).toBe(true)
    for (const path of ['/raporty', '/ewidencja/ankieta/3', '/produkty/3/fakty', '/api/v1/docs', '/inwestycje/co-jesli']) expect(appPage(path), path).toBe(false)
  })
})
