/** The places of the queue that is shown, for the map. */
import type { Spot } from './queue'

class MarkedQueue {
  spots = $state.raw<Spot[]>([])
  /** The id of the place pointed at, on the list or on the map. */
  active = $state<number | null>(null)
}

export const marked = new MarkedQueue()
