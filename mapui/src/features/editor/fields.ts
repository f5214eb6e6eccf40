import { mapHandle } from '../../map/handle.svelte'
import { SOURCE } from '../../map/style'

/** The ids of fields, so that labels, summaries of problems and tests find them. */
export const fieldId = (form: string, pointer: string) => `${form}${pointer.replaceAll('/', '-')}`

/** focusField puts the focus on the field of a pointer, or on the nearest field that holds it. */
export function focusField(form: string, pointer: string): void {
  for (let path = pointer; path; path = path.slice(0, path.lastIndexOf('/'))) {
    const found = document.getElementById(fieldId(form, path))
    if (!found) continue
    const folded = found.closest('details:not([open])')
    if (folded instanceof HTMLDetailsElement) folded.open = true
    found.focus()
    found.scrollIntoView({ block: 'center' })
    return
  }
}

/** refreshMap fetches the tiles anew once the map of the server has the change, which takes it a moment. */
export function refreshMap(): void {
  setTimeout(() => {
    const map = mapHandle.map
    if (map?.getSource(SOURCE.registry)) map.refreshTiles(SOURCE.registry)
  }, 1500)
}
