/** A form from a process description (OGC API Processes, a subset of JSON Schema): which fields, and what is wrong. */

import { t } from './messages'

export interface Schema {
  type?: string | string[]
  format?: string
  title?: string
  description?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  minimum?: number
  maximum?: number
  pattern?: string
  properties?: Record<string, Schema>
  oneOf?: Schema[]
  anyOf?: Schema[]
}

export interface Input {
  title?: string
  description?: string
  schema: Schema
  minOccurs?: number
}

export interface Process {
  id: string
  title?: string
  description?: string
  version?: string
  keywords?: string[]
  inputs?: Record<string, Input>
}

export type Kind = 'choice' | 'number' | 'text' | 'yes' | 'group' | 'either' | 'json'
export type Values = Record<string, unknown>

/** Return the input that takes an Item, or null: such a process accepts one. */
export function itemInput(process: Process): string | null {
  return Object.entries(process.inputs ?? {}).find(([, input]) => input.schema.format === 'stac-item')?.[0] ?? null
}

export function isNeeded(input: Input): boolean {
  return (input.minOccurs ?? 1) > 0 && input.schema.default === undefined
}

/** Return whether an input may wait behind "More options": nothing asks for it and most never change it. */
export function canWait(input: Input): boolean {
  return !isNeeded(input) && ['group', 'json', 'yes'].includes(kindOf(input.schema))
}

export function kindOf(schema: Schema): Kind {
  const either = alternatives(schema)
  if (either.length > 1) return either.every(one => one.const !== undefined) ? 'choice' : plainEither(either) ? 'either' : 'text'
  if (schema.enum) return 'choice'
  if (schema.properties) return 'group'
  const type = typeOf(schema)
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'boolean') return 'yes'
  return type === 'string' || type === undefined ? 'text' : 'json'
}

/** An alternative of constants and at most one value to give stands as a row of radio buttons. */
function plainEither(either: Schema[]): boolean {
  const open = either.filter(one => one.const === undefined)
  return open.length < either.length && open.length <= 1
}

export function alternatives(schema: Schema): Schema[] {
  return schema.oneOf ?? schema.anyOf ?? []
}

/** Return what a choice offers, each with its name. */
export function choices(schema: Schema): { value: unknown; title: string }[] {
  if (schema.enum) return schema.enum.map(value => ({ value, title: named(value) }))
  return alternatives(schema).map(one => ({ value: one.const, title: one.title ?? named(one.const) }))
}

/** Return what a form starts with. */
export function startOf(process: Process, given: Values): Values {
  const inputs = Object.entries(process.inputs ?? {})
  return Object.fromEntries(inputs.map(([name, input]) => [name, given[name] ?? initial(input.schema)]))
}

function initial(schema: Schema): unknown {
  if (schema.default !== undefined) return structuredClone(schema.default)
  if (kindOf(schema) !== 'group') return undefined
  return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, initial(one)]))
}

/** Return what is wrong with each field; nothing when the form may be sent. */
export function faultsOf(process: Process, values: Values): Record<string, string> {
  const faults = Object.entries(process.inputs ?? {}).map(([name, input]) => [name, faultOf(input, values[name])])
  return Object.fromEntries(faults.filter(([, fault]) => fault))
}

function faultOf(input: Input, value: unknown): string | null {
  if (isEmpty(value)) return isNeeded(input) ? t.compute.needed : null
  const kind = kindOf(input.schema)
  if (kind === 'either') return faultOfEither(input.schema, value)
  if (kind === 'number') return faultOfNumber(input.schema, value)
  return kind === 'json' ? faultOfJson(value) : null
}

function faultOfEither(schema: Schema, value: unknown): string | null {
  if (alternatives(schema).some(one => one.const !== undefined && one.const === value)) return null
  const open = alternatives(schema).find(one => one.const === undefined)
  return open && kindOf(open) === 'number' ? faultOfNumber(open, value) : null
}

function faultOfNumber(schema: Schema, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return t.compute.number
  if (typeOf(schema) === 'integer' && !Number.isInteger(value)) return t.compute.whole
  const low = schema.minimum !== undefined && value < schema.minimum
  const high = schema.maximum !== undefined && value > schema.maximum
  return low || high ? t.compute.range(schema.minimum, schema.maximum) : null
}

function faultOfJson(value: unknown): string | null {
  try {
    if (typeof value === 'string') JSON.parse(value)
    return null
  } catch {
    return t.compute.json
  }
}

/** Return the inputs of an execution: what was left empty is not sent. */
export function inputsOf(process: Process, values: Values): Values {
  const told = Object.entries(process.inputs ?? {}).map(([name, input]) => [name, valueOf(input.schema, values[name])])
  return Object.fromEntries(told.filter(([, value]) => !isEmpty(value)))
}

function valueOf(schema: Schema, value: unknown): unknown {
  const kind = kindOf(schema)
  if (kind === 'json' && typeof value === 'string' && value) return JSON.parse(value)
  if (kind !== 'group') return takesNumbers(schema) && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  const members = Object.entries((value ?? {}) as Values)
  const kept = members.map(([name, one]) => [name, valueOf(schema.properties?.[name] ?? {}, one)])
  return Object.fromEntries(kept.filter(([, one]) => !isEmpty(one)))
}

/** A field that takes a name or a number is typed as text. */
function takesNumbers(schema: Schema): boolean {
  const types = [schema, ...alternatives(schema)].flatMap(one => one.type ?? [])
  return types.includes('string') && (types.includes('integer') || types.includes('number'))
}

function typeOf(schema: Schema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find(type => type !== 'null') : schema.type
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (isRecord(value) && Object.values(value).every(isEmpty))
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ACRONYMS = new Set(['nir', 'swir', 'ndwi', 'mndwi', 'ndvi', 'sar', 'dem'])

/** Write a bare word of a schema as a person would: `ndwi` is NDWI, `auto` is Auto. */
export function named(value: unknown): string {
  const text = String(value)
  if (!/^[a-z]+$/.test(text)) return text
  return ACRONYMS.has(text) ? text.toUpperCase() : text.slice(0, 1).toUpperCase() + text.slice(1)
}
