import { describe, expect, it } from 'vitest'
import { backoff, EventStream, matches, type Socket } from '../src/shell/events'

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  constructor(readonly url: string) {}
  send(): void {}
  close(): void { this.onclose?.({ code: 1006 }) }
  say(message: object): void { this.onmessage?.({ data: JSON.stringify(message) }) }
}

function stream(since: number) {
  const sockets: FakeSocket[] = []
  const waits: { ms: number; then: () => void }[] = []
  const seen: number[] = []
  const online: boolean[] = []
  const made = new EventStream({
    url: 'ws://here/', since,
    open: (url) => { const socket = new FakeSocket(url); sockets.push(socket); return socket },
    wait: (ms, then) => { waits.push({ ms, then }) },
    event: (event) => seen.push(event.seq), tick: () => {}, online: (on) => online.push(on),
  })
  const event = (seq: number) => ({ type: 'event', seq, kind: 'job.done', body: {} })
  return { made, sockets, waits, seen, online, event }
}

describe('EventStream', () => {
  it('asks for what it has not seen and reports events in order', () => {
    const { sockets, seen, event } = stream(7)
    expect(sockets[0]!.url).toBe('ws://here/?since=7')
    sockets[0]!.say(event(8)); sockets[0]!.say(event(9))
    expect(seen).toEqual([8, 9])
  })
  it('drops repeats', () => {
    const { sockets, seen, event } = stream(0)
    sockets[0]!.say(event(1)); sockets[0]!.say(event(1))
    expect(seen).toEqual([1])
  })
  it('reconnects from the last number after a gap', () => {
    const { sockets, waits, seen, event } = stream(0)
    sockets[0]!.say(event(1)); sockets[0]!.say(event(3))
    expect(seen).toEqual([1])
    waits[0]!.then()
    expect(sockets[1]!.url).toBe('ws://here/?since=1')
    sockets[1]!.say(event(2)); sockets[1]!.say(event(3))
    expect(seen).toEqual([1, 2, 3])
  })
  it('waits longer each time and starts over after an answer', () => {
    const { sockets, waits } = stream(0)
    sockets[0]!.close(); waits[0]!.then(); sockets[1]!.close()
    expect(waits.map((w) => w.ms)).toEqual([500, 1000])
    waits[1]!.then(); sockets[2]!.onopen?.(); sockets[2]!.close()
    expect(waits[2]!.ms).toBe(500)
  })
  it('does not come back when it is refused', () => {
    const { sockets, waits } = stream(0)
    sockets[0]!.onclose?.({ code: 4404 })
    expect(waits).toEqual([])
  })
})

describe('backoff and patterns', () => {
  it('is bounded', () => expect(backoff(99)).toBe(15_000))
  it('matches families and single kinds', () => {
    expect(matches('job.* episode.approve_a', 'job.done')).toBe(true)
    expect(matches('job.* episode.approve_a', 'episode.approve_a')).toBe(true)
    expect(matches('job.*', 'episode.submit')).toBe(false)
  })
})
