/** The base in Polish. */
export { common } from './pl/common'
export { explore } from './pl/explore'
export { map } from './pl/map'
export { shell } from './pl/shell'
