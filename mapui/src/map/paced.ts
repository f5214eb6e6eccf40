/**
 * A map that leaves the page time to answer where graphics are slow, as without a graphics card: there a frame takes a tenth of a second or more, the browser
 * takes on two or three of them, and a click, a key or a letter typed meanwhile shows only after all of them.
 *
 * Where a frame is slow, the next begins only when it is done, and after what the page itself has to show, and signs of a map at rest do not fade in, which takes a
 * few frames more. Where frames are fast nothing changes.
 */
import { Map as LibreMap } from 'maplibre-gl'

/** A frame that takes longer than this, in milliseconds, is slow. */
const SLOW = 50

/** For how long (ms) the map waits after a key in a text field, after a press of anything else beside the map or of the browser's Back, and how long at most. */
const TYPING = 1000
const PRESS = 150
const PATIENCE = 3000

/** Until when the page goes first. */
let busy = -Infinity
const NO_TEXT = ['checkbox', 'radio', 'range', 'file', 'color', 'button', 'submit', 'reset']
const written = (target: EventTarget | null) => target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !NO_TEXT.includes(target.type))

function waitAfter(kinds: string[], ms: number, where: (target: EventTarget | null) => boolean): void {
  for (const kind of kinds) {
    addEventListener(kind, (event) => {
      if (where(event.target)) busy = Math.max(busy, performance.now() + ms)
    }, { capture: true, passive: true })
  }
}
waitAfter(['focusin', 'keydown', 'input'], TYPING, written)
waitAfter(['pointerdown', 'pointerup', 'keydown', 'popstate'], PRESS, (target) => !(target instanceof HTMLCanvasElement))

/** quiet waits until the page has answered who types or presses something on it: the map is drawn after that. */
export async function quiet(): Promise<void> {
  const patience = performance.now() + PATIENCE
  while (performance.now() < Math.min(busy, patience)) await pause(25)
}

export class PacedMap extends LibreMap {
  // without initializers: the constructor of the map draws already
  declare private fence: WebGLSync | null | undefined
  /** Unknown until the first frame is done. */
  declare private slow: boolean | undefined
  declare private waiting: boolean | undefined
  /** How long (ms) signs fade where frames are fast. */
  declare private fading: number | undefined

  override triggerRepaint(): void {
    if (this.slow === false) return this.frame()
    if (this.waiting) return
    this.waiting = true
    void this.painted().then(() => {
      this.waiting = false
      this.frame()
    })
  }

  private frame(): void {
    if (this._removed) return
    if (this.fence === undefined) {
      this.fence = null
      this.on('render', () => void this.measure())
      this.on('movestart', () => this.fade())
      this.on('moveend', () => this.fade())
    }
    super.triggerRepaint()
  }

  /** Without fading MapLibre places all signs anew in each frame: once it rests that is one frame, while it moves that is each of them. */
  private fade(): void {
    this.fading ??= this._fadeDuration
    this._fadeDuration = this.slow && !this.isMoving() ? 0 : this.fading
  }

  /** Finds out how long the frame that was just drawn is on its way. */
  private async measure(): Promise<void> {
    const gl = this.painter.context.gl as WebGL2RenderingContext
    if (this.fence) return // one at a time: it is the same for all of them
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    if (!this.fence) return
    const began = performance.now()
    gl.flush()
    while (this.fence && !this._removed && !gl.isContextLost() && gl.getSyncParameter(this.fence, gl.SYNC_STATUS) !== gl.SIGNALED) await pause(4)
    this.slow = performance.now() - began > SLOW
    this.fade()
    gl.deleteSync(this.fence)
    this.fence = null
  }

  /** Waits until the frame before is done and the page has shown what it has to. */
  private async painted(): Promise<void> {
    while (this.fence && !this._removed) await pause(4)
    await quiet()
    await new Promise((shown) => requestAnimationFrame(shown))
    await pause(0)
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
