import { describe, expect, it } from 'vitest'
import { meaning } from '../src/shell/keys'
import { matching } from '../src/shell/places'
import { stage } from '../src/shell/events'

describe('single keys', () => {
  it('go to a place only after G', () => {
    expect(meaning('v', false)).toEqual({ armed: false })
    expect(meaning('g', false)).toEqual({ armed: true })
    expect(meaning('v', true)).toEqual({ go: '[data-place=vault]', armed: false })
  })
  it('forget G after a letter that leads nowhere', () => expect(meaning('q', true)).toEqual({ armed: false }))
  it('open the sheet and the filter', () => {
    expect(meaning('?', false).act).toBe('sheet')
    expect(meaning('/', true).act).toBe('filter')
  })
})

describe('the palette', () => {
  const labels = (words: string) => matching(['Edit suite', 'Asset vault', 'Gate A', 'Save a take'].map((label) => ({ label })), words).map((c) => c.label)
  it('keeps the order when nothing is typed', () => expect(labels('')).toEqual(['Edit suite', 'Asset vault', 'Gate A', 'Save a take']))
  it('puts a start before a word before a part', () => expect(labels('a')).toEqual(['Asset vault', 'Gate A', 'Save a take']))
  it('wants every word', () => expect(labels('vault as')).toEqual(['Asset vault']))
  it('finds nothing for a stranger', () => expect(labels('zebra')).toEqual([]))
})

describe('progress words', () => {
  it('count whole steps', () => expect(stage({ type: 'tick', job: 'x', done: 3.7, total: 96, stage: 'drawing' })).toBe('drawing 3/96'))
  it('do without a name', () => expect(stage({ type: 'tick', job: 'x', done: 1, total: 2, stage: '' })).toBe('1/2'))
})
