/** What protects a place, as the API names it in one list: a form of protection, an inventory, or an international listing. */
import { vocabulary } from './vocabulary.svelte'

const FORMS = ['register', 'monument_of_history', 'cultural_park', 'local_plan', 'treasure_list']
const INVENTORIES = ['national', 'voivodeship', 'municipal']

/** protectionLabel is the name of one of them. */
export function protectionLabel(code: string, label: (list: string, code: string) => string = (list, of) => vocabulary.label(list, of)): string {
  return label(FORMS.includes(code) ? 'protection_form' : INVENTORIES.includes(code) ? 'inventory' : 'international', code)
}
