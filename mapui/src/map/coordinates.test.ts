import { describe, expect, it } from 'vitest'
import { fromPuwg1992, readPosition, toPuwg1992, writePosition, type Position } from './coordinates'

describe('a position is read', () => {
  const market: Position = [19.937222, 50.061389]
  const near = (text: string, [lon, lat]: Position, notation: string) => {
    const read = readPosition(text)
    expect(read, text).not.toBeNull()
    expect(read!.position[0], text).toBeCloseTo(lon, 4)
    expect(read!.position[1], text).toBeCloseTo(lat, 4)
    expect(read!.notation, text).toBe(notation)
  }
  it.each([
    '50.061389 19.937222', '50.061389, 19.937222', '50.061389,19.937222', '50,061389 19,937222', '50,061389; 19,937222', '50,061389, 19,937222', ' 50.061389°, 19.937222° ', '19.937222 50.061389',
  ])('in degrees: %s', (text) => near(text, market, 'degrees'))
  it.each([
    `50°03'41"N 19°56'14"E`, `50° 3′ 41″ N, 19° 56′ 14″ E`, `N50°03'41" E19°56'14"`, '50°03,6833′N 19°56,2333′E', `50°03'41" 19°56'14"`, `19°56'14"E 50°03'41"N`, 'N 50 3.6833 E 19 56.2333', '50 03 41 N 19 56 14 E',
  ])('in minutes and seconds: %s', (text) => near(text, market, 'sexagesimal'))
  it.each(['geo:50.061389,19.937222', 'https://www.openstreetmap.org/#map=17/50.061389/19.937222', 'https://www.google.com/maps/@50.061389,19.937222,17z', 'https://www.openstreetmap.org/?mlat=50.061389&mlon=19.937222'])('in an address: %s', (text) => near(text, market, 'address'))
  it('south and west are below nought', () => {
    expect(readPosition(`33°51'31"S 70°40'12"W`)!.position[1]).toBeCloseTo(-33.8586, 3)
    expect(readPosition('-33.8586 -70.67')!.position).toEqual([-70.67, -33.8586])
  })
  it('in the Polish grid, X to the north', () => {
    const [north, east] = toPuwg1992(market)
    for (const text of [`${north.toFixed(2)} ${east.toFixed(2)}`, `X=${north.toFixed(2)} Y=${east.toFixed(2)}`, `Y: ${east.toFixed(2)}, X: ${north.toFixed(2)}`, `E ${east.toFixed(1)} N ${north.toFixed(1)}`]) near(text, market, 'puwg1992')
  })
  it.each(['', 'Rynek', '50.06', '91 19', '50.06 191', '50 61 19 70 x', `50°61'00"N 19°00'00"E`, `50°N 19°N`, '1 2 3', 'javascript:1,2'])('but not out of %s', (text) => expect(readPosition(text)).toBeNull())
})

describe('PUWG 1992', () => {
  it.each([
    // as PROJ has them (geo/crs_test.go)
    [19.9372, 50.0614, 567060.14806, 244213.707533], [14.12, 53.9, 179566.9001, 681640.422193], [16.9252, 52.4064, 358907.51176, 506522.740572], [24.1, 50.8, 859197.900899, 338298.948539],
  ])('agrees with PROJ at %s %s', (lon, lat, east, north) => {
    const grid = toPuwg1992([lon, lat])
    expect(grid[0]).toBeCloseTo(north, 2)
    expect(grid[1]).toBeCloseTo(east, 2)
  })
  it('goes there and back', () => {
    for (const at of [[14.2, 53.9], [19.937, 50.061], [24.1, 50.8], [22.9, 49.1]] as Position[]) {
      const [lon, lat] = fromPuwg1992(...toPuwg1992(at))
      expect(lon).toBeCloseTo(at[0], 7)
      expect(lat).toBeCloseTo(at[1], 7)
    }
  })
})

it('a position is written as it is read', () => {
  expect(writePosition([19.9372221, 50.06])).toBe('50.06 19.937222')
  expect(readPosition(writePosition([19.9372221, 50.06]))!.position).toEqual([19.937222, 50.06])
})
