/** The base in English. */
export { common } from './en/common'
export { explore } from './en/explore'
export { map } from './en/map'
export { shell } from './en/shell'
