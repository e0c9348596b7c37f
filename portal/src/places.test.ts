import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Gazetteer, type Row } from './places'

const gazetteer = new Gazetteer(JSON.parse(readFileSync('public/basemap/places.json', 'utf-8')) as Row[])
const first = (text: string) => gazetteer.complete(text)[0]

test.each([
  ['olinda', 'Olinda', 'Pernambuco, Brazil'],
  ['SAO PAULO', 'São Paulo', 'Brazil'],
  ['jaboatao', 'Jaboatão dos Guararapes', 'Pernambuco, Brazil'],
  ['garon', 'Garonne', 'River'],
  ['brazil', 'Brazil', 'Country'],
])('%s is completed', (text, name, region) => expect(first(text)).toMatchObject({ name, region: expect.stringContaining(region) }))

test('a place without extent is looked at from a distance', () => {
  const [west, south, east, north] = first('olinda')!.box
  expect(east - west).toBeCloseTo(north - south)
  expect(west).toBeLessThan(-34.86)
  expect(east).toBeGreaterThan(-34.86)
})

test('one letter is not yet a question', () => expect(gazetteer.complete('o')).toEqual([]))
