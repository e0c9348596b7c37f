import { expect, test } from 'vitest'
import { boxOfItem, factsOf, leadOf, lineOf, linesOf, recipeOf, whenOfItem, type Item } from './stac'

const IMAGE: Item = {
  type: 'Feature',
  id: 'scene',
  collection: 'demo.images',
  geometry: null,
  bbox: [-34.92, -8.04, -34.82, -7.94],
  properties: {
    title: 'A scene',
    datetime: null,
    start_datetime: '1999-04-15T00:00:00Z',
    end_datetime: '2017-05-29T12:21:23Z',
    'thalweg:date_known': false,
    platform: 'landsat-7',
    attribution: 'By courtesy of someone',
  },
  assets: {},
  links: [],
}
const MASK: Item = {
  ...IMAGE,
  properties: {
    datetime: '2024-05-01T10:00:00Z',
    'thalweg:process': 'water-mask',
    'thalweg:process_version': '1.0.0',
    'thalweg:water_area_km2': 16.1234,
    'thalweg:index': 'NDWI',
    'thalweg:threshold': 0.3391,
    'thalweg:separability': 0.78,
    'thalweg:method': 'otsu',
  },
}

test('an unknown date is said to be unknown', () => {
  expect(whenOfItem(IMAGE)).toEqual({ name: 'When', value: 'Date unknown', more: 'between 1999 and 2017' })
  expect(whenOfItem(MASK).value).toBe('1 May 2024')
})

test('what is not known of an image is left out', () => {
  expect(factsOf(IMAGE, undefined, undefined).map(fact => fact.name)).toEqual(['When', 'Where', 'Seen by', 'Credit'])
})

test('a result leads with its number and its recipe, and owes its credit to its source', () => {
  expect(leadOf(MASK)).toBe('16.1 km²')
  expect(recipeOf(MASK)).toEqual(['NDWI', 'Otsu at 0.339', 'η 0.78', 'water-mask 1.0.0'])
  expect(lineOf(MASK)).toBe('16.1 km² · NDWI · Otsu at 0.339')
  expect(factsOf(MASK, undefined, IMAGE).at(-1)?.value).toBe('By courtesy of someone')
})

test('results that are told alike tell when they were computed', () => {
  const made = (created: string) => ({ ...MASK, properties: { ...MASK.properties, created } })
  const [first, second, image] = linesOf([made('2026-11-21T12:03:00Z'), made('2026-11-21T12:05:00Z'), IMAGE])
  expect(first).toMatch(/^16.1 km² · NDWI · Otsu at 0.339 · 21 Nov/)
  expect(second).not.toBe(first)
  expect(image).toBe('Date unknown · landsat-7')
})

test('a box across the antimeridian goes on eastwards, and its middle is there', () => {
  const fiji = { ...IMAGE, bbox: [179, -18, -177, -8] }
  expect(boxOfItem(fiji)).toEqual([179, -18, 183, -8])
  expect(factsOf(fiji, undefined, undefined).find(fact => fact.name === 'Where')?.value).toBe('13.00° S, 179.00° W')
})
