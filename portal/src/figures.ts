/** Numbers, days and places as a person reads them. */

const DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const MOMENTS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** Write a number with three digits that count, and no more than it has. */
export function amount(value: number): string {
  return value.toLocaleString('en', value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }).replace('-', '−')
}

export function day(moment: string): string {
  return DAYS.format(new Date(moment))
}

export function clock(moment: string): string {
  return MOMENTS.format(new Date(moment))
}

export function latLon(lat: number, beyond: number): string {
  const lon = beyond > 180 ? beyond - 360 : beyond
  return `${Math.abs(lat).toFixed(2)}° ${lat < 0 ? 'S' : 'N'}, ${Math.abs(lon).toFixed(2)}° ${lon < 0 ? 'W' : 'E'}`
}

/** Write a duration in seconds in its greatest sensible unit. */
export function duration(seconds: number): string {
  const [value, unit] = seconds < 90 ? [seconds, 's'] : seconds < 5400 ? [seconds / 60, 'min'] : [seconds / 3600, 'h']
  return `${value < 10 && unit !== 's' ? value.toFixed(1) : Math.max(1, Math.round(value))} ${unit}`
}

export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZES.length - 1)
  return new Intl.NumberFormat('en', { style: 'unit', unit: SIZES[power], unitDisplay: 'short', maximumSignificantDigits: 3 }).format(
    bytes / 1000 ** power,
  )
}
