import { expect, test } from 'vitest'
import { canWait, choices, faultsOf, inputsOf, isNeeded, itemInput, kindOf, startOf, type Process } from './form'

const PROCESS: Process = {
  id: 'water-mask',
  inputs: {
    image: { schema: { type: 'string', format: 'stac-item' } },
    index: { schema: { type: 'string', enum: ['auto', 'ndwi', 'mndwi'], default: 'auto' }, minOccurs: 0 },
    threshold: { schema: { oneOf: [{ const: 'otsu' }, { type: 'number', minimum: -1, maximum: 1 }], default: 'otsu' } },
    bands: { schema: { type: 'object', properties: { green: { oneOf: [{ type: 'string' }, { type: 'integer' }] } } }, minOccurs: 0 },
    clouds: { schema: { type: 'boolean', default: true }, minOccurs: 0 },
  },
}
const inputs = PROCESS.inputs!

test('a process that takes an Item accepts one', () => {
  expect(itemInput(PROCESS)).toBe('image')
  expect(itemInput({ id: 'echo', inputs: { text: { schema: { type: 'string' } } } })).toBeNull()
})

test('each schema has its kind of field', () => {
  expect(Object.values(inputs).map(input => kindOf(input.schema))).toEqual(['text', 'choice', 'either', 'group', 'yes'])
  expect(kindOf({ type: 'array' })).toBe('json')
})

test('what nobody must give may wait', () => {
  expect(Object.keys(inputs).filter(name => canWait(inputs[name]!))).toEqual(['bands', 'clouds'])
  expect(Object.keys(inputs).filter(name => isNeeded(inputs[name]!))).toEqual(['image'])
})

test('a form starts with its defaults and what is given', () => {
  expect(startOf(PROCESS, { image: 'a/b' })).toEqual({ image: 'a/b', index: 'auto', threshold: 'otsu', bands: { green: undefined }, clouds: true })
})

test.each([
  [{ image: '' }, { image: 'This is needed' }],
  [{ image: 'a/b', threshold: 2 }, { threshold: 'From -1 to 1' }],
  [{ image: 'a/b', threshold: 'x' }, { threshold: 'A number is needed' }],
  [{ image: 'a/b', threshold: 'otsu' }, {}],
  [{ image: 'a/b', threshold: 0 }, {}],
])('%j has the faults %j', (values, faults) => expect(faultsOf(PROCESS, values)).toEqual(faults))

test('what was left empty is not sent, and a band may be a name or a number', () => {
  const values = { image: 'a/b', threshold: 0, clouds: false, bands: { green: '' } }
  expect(inputsOf(PROCESS, values)).toEqual({ image: 'a/b', threshold: 0, clouds: false })
  expect(inputsOf(PROCESS, { image: 'a/b', bands: { green: '2' } })).toEqual({ image: 'a/b', bands: { green: 2 } })
})

test('choices are named as a person writes them', () => {
  expect(choices(inputs.index!.schema).map(choice => choice.title)).toEqual(['Auto', 'NDWI', 'MNDWI'])
})
