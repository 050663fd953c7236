// The stream of a project: numbered events that may not be missed, and lossy ticks.
// The socket is a doorbell; the server replays everything above the number we have seen.

export type StreamEvent = { type: 'event'; seq: number; kind: string; body: Record<string, unknown> }
export type Tick = { type: 'tick'; job: string; done: number; total: number; stage: string }
export type Message = StreamEvent | Tick

export interface Socket {
  onopen: (() => void) | null
  onclose: ((event: { code: number }) => void) | null
  onmessage: ((event: { data: string }) => void) | null
  send(data: string): void
  close(): void
}

export interface Options {
  url: string
  since: number
  open: (url: string) => Socket
  wait: (ms: number, then: () => void) => void
  event: (event: StreamEvent) => void
  tick: (tick: Tick) => void
  online: (online: boolean) => void
}

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000
// The server closes with these codes when waiting will not help.
const FINAL_CODES = [4400, 4404]

/** Follows a stream until it is refused; resumes where it stopped, in order, without gaps or repeats. */
export class EventStream {
  seq: number
  private attempt = 0
  private socket: Socket | null = null

  constructor(private readonly options: Options) {
    this.seq = options.since
    this.connect()
  }

  private connect(): void {
    const socket = this.options.open(`${this.options.url}?since=${this.seq}`)
    this.socket = socket
    socket.onopen = () => {
      this.attempt = 0
      this.options.online(true)
    }
    socket.onmessage = (message) => this.receive(JSON.parse(message.data) as Message)
    socket.onclose = (event) => this.closed(event.code)
  }

  private receive(message: Message): void {
    if (message.type === 'tick') {
      this.options.tick(message)
      return
    }
    if (message.type !== 'event' || message.seq <= this.seq) return
    if (message.seq !== this.seq + 1) {
      // A gap: ask for everything again from what we have; the server answers in order.
      this.socket?.close()
      return
    }
    this.seq = message.seq
    this.options.event(message)
  }

  private closed(code: number): void {
    this.socket = null
    this.options.online(false)
    if (FINAL_CODES.includes(code)) return
    this.options.wait(backoff(this.attempt++), () => this.connect())
  }
}

/** Milliseconds to wait before attempt n (from 0): doubling, bounded. */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt, 10))
}

/** Whether an event kind fits one of the patterns, e.g. "job.* episode.certified". */
export function matches(patterns: string, kind: string): boolean {
  return patterns.split(/\s+/).some((pattern) => pattern === kind || (pattern.endsWith('*') && kind.startsWith(pattern.slice(0, -1))))
}

/** "drawing 12/96"; whole numbers only, because only whole steps are reported. */
export function stage(tick: Tick): string {
  return `${tick.stage} ${Math.floor(tick.done)}/${Math.floor(tick.total)}`.trim()
}
