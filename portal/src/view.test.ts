import { expect, test } from 'vitest'
import { NOTHING, read, step, write, type View } from './view'

const FULL: View = {
  at: [-34.8712, -8.0021, 11.5],
  q: 'Jaboatão dos Guararapes',
  bbox: '-35.1,-8.3,-34.7,-7.9',
  coll: 'demo.images',
  when: '1999-04-15/..',
  hand: 'demo.images/olinda, north+~!',
  verb: 'compute',
  layers: [
    { id: 'admin.results/water,1', opacity: 0.85, on: true },
    { id: 'demo.images/olinda', opacity: 0, on: false },
  ],
}

test('an address tells the whole view', () => {
  expect(read(write(FULL))).toEqual(FULL)
})

test('an address without a word is the view of nothing', () => {
  expect(read('')).toEqual(NOTHING)
})

test.each(['#at=1,2', '#at=a,b,c', '#at=0,95,3', '#bbox=1,2,3', '#verb=destroy', '#layer=nothing', '#layer=a/b,x'])(
  '%s says nothing',
  fragment => expect(read(fragment)).toEqual(NOTHING),
)

test('moving the camera or fading a layer is no step, taking in hand is', () => {
  const faded = FULL.layers.map(layer => ({ ...layer, opacity: 0.1 }))
  expect(step({ ...FULL, at: [0, 0, 1], layers: faded })).toBe(step(FULL))
  expect(step({ ...FULL, hand: null })).not.toBe(step(FULL))
  expect(step({ ...FULL, layers: [] })).not.toBe(step(FULL))
})
