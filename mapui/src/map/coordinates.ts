/** Coordinates as people write them: degrees in several notations, the address of a map, and metres of the Polish grid PUWG 1992 (EPSG:2180). */
export type Position = [lon: number, lat: number]

export interface Read {
  position: Position
  /** What it was taken for, so that the form can say so. */
  notation: 'degrees' | 'sexagesimal' | 'address' | 'puwg1992'
  /** Longitude stood first. */
  swapped: boolean
}

const number = String.raw`[-+−]?\d+(?:[.,]\d+)?`

/** readPosition reads one position, latitude first; null for what is none. In Poland the order shows by itself (latitude 49–55, longitude 14–24.2). */
export function readPosition(text: string): Read | null {
  const t = text.trim().replaceAll('−', '-')
  return address(t) ?? grid(t) ?? sexagesimal(t) ?? degrees(t)
}

function within(lon: number, lat: number): boolean {
  return Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90
}

function ordered(first: number, second: number, notation: Read['notation']): Read | null {
  const swapped = first >= 14 && first <= 24.2 && second >= 49 && second <= 55
  const [lat, lon] = swapped ? [second, first] : [first, second]
  return within(lon, lat) ? { position: [lon, lat], notation, swapped } : null
}

/** geo:50.06,19.93, and addresses of OpenStreetMap, Google Maps and this map. */
function address(t: string): Read | null {
  const found =
    /^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)/i.exec(t) ??
    (/^https?:\/\//i.test(t)
      ? (/[#?&](?:map|m)=\d+(?:\.\d+)?\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)/.exec(t) ?? /[?&]mlat=(-?\d+(?:\.\d+)?)&mlon=(-?\d+(?:\.\d+)?)/.exec(t) ?? /@(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)/.exec(t) ?? /[?&]q=(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)/.exec(t))
      : null)
  if (!found) return null
  const [lat, lon] = [Number(found[1]), Number(found[2])]
  return within(lon, lat) ? { position: [lon, lat], notation: 'address', swapped: false } : null
}

function degrees(t: string): Read | null {
  const found =
    new RegExp(String.raw`^([-+]?\d+\.\d+|[-+]?\d+)°?\s*[,;\s]\s*([-+]?\d+\.\d+|[-+]?\d+)°?$`).exec(t) ?? // full stops; a comma separates
    new RegExp(String.raw`^(${number})°?\s*(?:;|,\s|\s)\s*(${number})°?$`).exec(t) // decimal commas
  if (!found) return null
  return ordered(value(found[1]!), value(found[2]!), 'degrees')
}

const value = (text: string) => Number(text.replace(',', '.'))

/** 50°03'41"N 19°56'14"E, N 50 03.683 E 19 56.233, 50° 3′ 41,2″ 19° 56′ 14″. */
function sexagesimal(t: string): Read | null {
  const angle = String.raw`(\d{1,3})\s*[°º\s]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’m\s]|$|(?=[NSEW]))\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|''|′′|s)?)?`
  const found = new RegExp(String.raw`^([NSEW])?\s*${angle}\s*([NSEW])?\s*[,;]?\s+?([NSEW])?\s*${angle}\s*([NSEW])?$`, 'i').exec(t) ?? new RegExp(String.raw`^([NSEW])?\s*${angle}\s*([NSEW])\s*[,;]?\s*([NSEW])?\s*${angle}\s*([NSEW])?$`, 'i').exec(t)
  if (!found) return null
  const read = (d: string, m: string | undefined, s: string | undefined) => {
    const [minutes, seconds] = [value(m ?? '0'), value(s ?? '0')]
    return minutes < 60 && seconds < 60 ? Number(d) + minutes / 60 + seconds / 3600 : Number.NaN
  }
  const hemisphere = (a: string | undefined, b: string | undefined) => (a ?? b ?? '').toUpperCase()
  const [h1, h2] = [hemisphere(found[1], found[5]), hemisphere(found[6], found[10])]
  if (!h1 && !h2 && !/[°º'′"″]/.test(t)) return null
  const sign = (h: string) => (h === 'S' || h === 'W' ? -1 : 1)
  const [v1, v2] = [read(found[2]!, found[3], found[4]) * sign(h1), read(found[7]!, found[8], found[9]) * sign(h2)]
  const isLon = (h: string) => h === 'E' || h === 'W'
  const isLat = (h: string) => h === 'N' || h === 'S'
  if ((isLon(h1) && isLon(h2)) || (isLat(h1) && isLat(h2))) return null
  if (isLon(h1) || isLat(h2)) return within(v1, v2) ? { position: [v1, v2], notation: 'sexagesimal', swapped: true } : null
  if (isLat(h1) || isLon(h2)) return within(v2, v1) ? { position: [v2, v1], notation: 'sexagesimal', swapped: false } : null
  return ordered(v1, v2, 'sexagesimal')
}

/** X 243948.12 Y 567321.55: in the Polish grid X points north; unnamed, it stands first. E and N may name them too. */
function grid(t: string): Read | null {
  const found = new RegExp(String.raw`^([XYNE])?\s*[=:]?\s*(\d{6}(?:[.,]\d+)?)\s*m?\s*[,;\s]\s*([XYNE])?\s*[=:]?\s*(\d{6}(?:[.,]\d+)?)\s*m?$`, 'i').exec(t)
  if (!found) return null
  const first = (found[1] ?? '').toUpperCase()
  const second = (found[3] ?? '').toUpperCase()
  const eastFirst = first === 'Y' || first === 'E' || second === 'X' || second === 'N'
  if (eastFirst && (first === 'X' || first === 'N' || second === 'Y' || second === 'E')) return null
  const [north, east] = eastFirst ? [value(found[4]!), value(found[2]!)] : [value(found[2]!), value(found[4]!)]
  if (north < 100_000 || north > 800_000 || east < 140_000 || east > 900_000) return null
  return { position: fromPuwg1992(north, east), notation: 'puwg1992', swapped: eastFirst }
}

// GRS 80 and the series of Krüger to the third order: below a millimetre over the whole of Poland.
const A = 6_378_137
const F = 1 / 298.257222101
const N = F / (2 - F)
const MEAN = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
const SCALE = 0.9993
const radians = Math.PI / 180

/** fromPuwg1992 turns metres of EPSG:2180 into degrees. */
export function fromPuwg1992(north: number, east: number): Position {
  const beta = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3]
  const delta = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3]
  const xi = (north + 5_300_000) / (SCALE * MEAN)
  const eta = (east - 500_000) / (SCALE * MEAN)
  let xi1 = xi
  let eta1 = eta
  beta.forEach((b, i) => {
    const k = 2 * (i + 1)
    xi1 -= b * Math.sin(k * xi) * Math.cosh(k * eta)
    eta1 -= b * Math.cos(k * xi) * Math.sinh(k * eta)
  })
  const chi = Math.asin(Math.sin(xi1) / Math.cosh(eta1))
  let lat = chi
  delta.forEach((d, i) => (lat += d * Math.sin(2 * (i + 1) * chi)))
  const lon = 19 * radians + Math.atan2(Math.sinh(eta1), Math.cos(xi1))
  return [lon / radians, lat / radians]
}

/** toPuwg1992 is the way back: metres north and east. */
export function toPuwg1992([lon, lat]: Position): [north: number, east: number] {
  const alpha = [N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3, (13 / 48) * N ** 2 - (3 / 5) * N ** 3, (61 / 240) * N ** 3]
  const phi = lat * radians
  const e = (2 * Math.sqrt(N)) / (1 + N)
  const t = Math.sinh(Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi)))
  const lambda = (lon - 19) * radians
  const xi1 = Math.atan2(t, Math.cos(lambda))
  const eta1 = Math.atanh(Math.sin(lambda) / Math.sqrt(1 + t * t))
  let [xi, eta] = [xi1, eta1]
  alpha.forEach((a, i) => {
    const k = 2 * (i + 1)
    xi += a * Math.sin(k * xi1) * Math.cosh(k * eta1)
    eta += a * Math.cos(k * xi1) * Math.sinh(k * eta1)
  })
  return [SCALE * MEAN * xi - 5_300_000, SCALE * MEAN * eta + 500_000]
}

/** writePosition writes latitude and longitude as readPosition reads them, to about a decimetre. */
export function writePosition([lon, lat]: Position): string {
  return `${Number(lat.toFixed(6))} ${Number(lon.toFixed(6))}`
}
