/** Days as a person types them and as the catalogue is asked. Observation time, whole days, UTC. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAY = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/

/** Read `2024`, `2024-05`, `May 2024`, `2024-05-01` or two of them parted by `/` or `..`; null where it is no date. */
export function whenOf(text: string): string | null {
  const parts = text.trim().split(/\s*(?:\/|\.\.)\s*/)
  if (parts.length > 2) return null
  const [first, last] = [spanOf(parts[0] ?? ''), spanOf(parts.at(-1) ?? '')]
  return first && last && first[0] <= last[1] ? `${first[0]}/${last[1]}` : null
}

/** Write the catalogue's `datetime` for a view's `when`. */
export function datetimeOf(when: string): string {
  const [from = '..', to = '..'] = when.split('/')
  return `${from === '..' ? '..' : `${from}T00:00:00Z`}/${to === '..' ? '..' : `${to}T23:59:59Z`}`
}

function spanOf(text: string): [string, string] | null {
  const named = /^([a-z]{3})[a-z]*\.? (\d{4})$/i.exec(text)
  const month = named ? MONTHS.indexOf((named[1] ?? '').toLowerCase()) + 1 : 0
  const found = DAY.exec(month ? `${named?.[2]}-${month}` : text)
  if (!found) return null
  const [year, monthOf, day] = found.slice(1).map(part => (part ? Number(part) : undefined))
  if (year === undefined || (monthOf !== undefined && (monthOf < 1 || monthOf > 12))) return null
  const first = new Date(Date.UTC(year, (monthOf ?? 1) - 1, day ?? 1))
  if (day !== undefined && first.getUTCDate() !== day) return null
  const last = day ? first : new Date(Date.UTC(year, monthOf ?? 12, 0))
  return [iso(first), iso(last)]
}

function iso(day: Date): string {
  return day.toISOString().slice(0, 10)
}
