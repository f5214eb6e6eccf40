/** How high the sheet of a phone stands: 0 a peek, 1 half, 2 the whole screen. */
class SheetState {
  stop = $state<0 | 1 | 2>(1)
}

export const sheet = new SheetState()
