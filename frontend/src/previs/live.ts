// The live picture beside the dial: loads the scene's stage once, then draws whenever the dial has changed.
import { CannotDraw, StageRenderer } from './renderer'
import { lighting, type Dial } from './rig'
import { readStage, type Spec, type Stage } from './stage'

const MAX_RATIO = 2
const SLOW_MS = 140
const REST_MS = 350
// Fields of the form that the picture follows by itself, or that change nothing in it.
const FOLLOWED = ['rig', 'fill_ratio', 'mood', 'name', 'csrfmiddlewaretoken']
const staged = (field: HTMLInputElement | HTMLSelectElement): boolean => field.name !== '' && !field.disabled && !FOLLOWED.includes(field.name)
export const SAYS = {
  live: 'Drawn in this browser as you move a light, from the same scene as the preview frame.',
  later: 'Set, dressing, time of day and air show here once the version is saved.',
  loading: 'Setting the stage …',
  missing: 'This browser cannot draw the scene live: it has no WebGL 2. The preview frame is drawn on the server.',
  lost: 'The graphics card let go of the live picture. It comes back by itself when the card does; the preview frame stays.',
  failed: 'The live picture could not be drawn here. The preview frame is drawn on the server.',
  unloaded: 'The live picture could not be loaded. The preview frame is drawn on the server; reload the page to try again.',
}

/** How many pixels to draw: what the box shows, at most the packet's own size. */
export function frameSize(stage: { width: number; height: number }, box: number, ratio: number): { width: number; height: number } {
  const width = Math.max(64, Math.min(stage.width, Math.round(box * Math.min(ratio, MAX_RATIO))))
  return { width, height: Math.max(1, Math.round((width * stage.height) / stage.width)) }
}

/** The dial as the form holds it. `lights` is the rig's own JSON. */
export function dialOf(lights: string, ratio: string, mood: string, stage: Stage): Dial {
  const specs = lights ? (JSON.parse(lights) as Spec[]) : stage.rig.lights
  const fill = Number(ratio)
  return { lights: specs, stops: ratio && fill >= 1 ? Math.log2(fill) : stage.rig.fill_stops, mood: mood in stage.moods ? mood : stage.rig.mood }
}

export class LiveView {
  private readonly canvas: HTMLCanvasElement
  private readonly words: HTMLElement | null
  private gl: WebGL2RenderingContext | null
  private renderer: StageRenderer | null = null
  private stage: Stage | null = null
  private fence: WebGLSync | null = null
  private next: { dial: Dial; width: number; height: number } | null = null
  private asked = false
  private dirty = true
  private shown = ''
  private slow = false
  private frames = 0
  private started = 0
  private resting = 0

  constructor(private readonly root: HTMLElement, private readonly form: HTMLFormElement | null) {
    this.canvas = root.querySelector('canvas')!
    this.words = root.querySelector('[data-live-words]')
    this.gl = this.canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true })
  }

  async start(): Promise<void> {
    if (!this.gl) return this.give('missing')
    this.state('loading', SAYS.loading)
    try {
      const answer = await fetch(this.root.dataset.stage ?? '', { credentials: 'same-origin' })
      if (!answer.ok) return this.give('unloaded')
      this.stage = readStage(await answer.arrayBuffer())
    } catch {
      return this.give('unloaded')
    }
    this.canvas.addEventListener('webglcontextlost', (event) => { event.preventDefault(); this.renderer = null; this.fence = null; this.give('lost') })
    this.canvas.addEventListener('webglcontextrestored', () => this.raise())
    this.form?.addEventListener('slate:rig', () => this.change())
    this.form?.addEventListener('input', () => this.change())
    new ResizeObserver(() => this.change()).observe(this.canvas)
    this.raise()
  }

  /** Something a frame depends on is different now. */
  private change(): void {
    this.dirty = true
    this.ask()
  }

  private raise(): void {
    if (!this.gl || !this.stage) return
    try {
      this.renderer = new StageRenderer(this.gl, this.stage)
    } catch (error) {
      return this.give('failed', error)
    }
    this.canvas.hidden = false
    this.canvas.style.aspectRatio = `${this.stage.width} / ${this.stage.height}`
    this.shown = ''
    this.change()
  }

  private ask(): void {
    if (this.asked || !this.renderer) return
    this.asked = true
    requestAnimationFrame(() => { this.asked = false; this.tick() })
  }

  /** One frame at a time: the next one starts when the card has finished the last. */
  private tick(): void {
    if (!this.renderer || !this.gl || !this.stage) return
    if (this.fence && !this.finished(this.gl)) return this.ask()
    if (!this.dirty) return
    this.dirty = false
    const { width, height } = frameSize(this.stage, this.canvas.clientWidth || this.stage.width, devicePixelRatio)
    const dial = dialOf(this.value('rig'), this.value('fill_ratio'), this.value('mood'), this.stage)
    const wanted = JSON.stringify([dial, width])
    if (wanted === this.shown) return this.settle()
    this.shown = wanted
    this.next = { dial, width, height }
    this.draw(this.slow)
  }

  private finished(gl: WebGL2RenderingContext): boolean {
    if (gl.getSyncParameter(this.fence!, gl.SYNC_STATUS) !== gl.SIGNALED) return false
    gl.deleteSync(this.fence!)
    this.fence = null
    // The first frame compiles shaders and says nothing about the next.
    if (this.frames > 1) this.slow = performance.now() - this.started > SLOW_MS || (this.slow && this.resting > 0)
    this.settle()
    return true
  }

  private settle(): void {
    this.state(this.resting || this.dirty || this.fence ? 'drawing' : 'settled', this.unsaved() ? SAYS.later : SAYS.live)
  }

  private draw(rough: boolean): void {
    const { gl, stage, renderer, next } = this
    if (!gl || !stage || !renderer || !next) return
    clearTimeout(this.resting)
    this.resting = 0
    const size = rough ? { width: next.width >> 1, height: next.height >> 1 } : { width: next.width, height: next.height }
    if (this.canvas.width !== size.width || this.canvas.height !== size.height) Object.assign(this.canvas, size)
    this.started = performance.now()
    try {
      renderer.draw(lighting(stage.rig, stage.moods, next.dial), next.dial.mood, size.width, size.height)
    } catch (error) {
      if (!gl.isContextLost()) this.give('failed', error)
      return
    }
    this.frames++
    this.root.dataset.frame = String(this.frames)
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    // A card that is slow draws half the size while a light moves, and the whole when it rests.
    if (rough) this.resting = window.setTimeout(() => this.whole(), REST_MS)
    this.ask()
  }

  private whole(): void {
    this.resting = 0
    if (!this.renderer || !this.gl || this.dirty) return
    if (this.fence && !this.finished(this.gl)) this.resting = window.setTimeout(() => this.whole(), REST_MS)
    else this.draw(false)
  }

  private value(name: string): string {
    const field = this.form?.elements.namedItem(name)
    return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : ''
  }

  /** Whether a field has changed that only the server can build a stage for. */
  private unsaved(): boolean {
    return [...(this.form?.elements ?? [])].some((field) => {
      if (field instanceof HTMLInputElement) return staged(field) && (field.value !== field.defaultValue || field.checked !== field.defaultChecked)
      if (!(field instanceof HTMLSelectElement) || !staged(field)) return false
      return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    })
  }

  private give(why: 'missing' | 'lost' | 'failed' | 'unloaded', error?: unknown): void {
    if (why === 'failed') this.renderer = null
    this.canvas.hidden = true
    this.state(why, SAYS[why])
    if (error !== undefined) console.info(error instanceof CannotDraw ? error.message : error)
  }

  private state(state: string, words: string): void {
    this.root.dataset.state = state
    this.root.toggleAttribute('data-on', !this.canvas.hidden)
    this.root.toggleAttribute('data-later', words === SAYS.later)
    if (this.words && this.words.textContent !== words) this.words.textContent = words
  }
}
