import { expect, test } from 'vitest'
import { datetimeOf, whenOf } from './days'

test.each([
  ['2024', '2024-01-01/2024-12-31'],
  ['2024-02', '2024-02-01/2024-02-29'],
  ['May 2023', '2023-05-01/2023-05-31'],
  ['2024-5-1', '2024-05-01/2024-05-01'],
  ['2023-11/2024-01', '2023-11-01/2024-01-31'],
  ['2019..2020', '2019-01-01/2020-12-31'],
])('%s is a time', (text, when) => expect(whenOf(text)).toBe(when))

test.each(['', 'Olinda', '2024-13', '2024-02-30', '2024/2023', 'Mars 2024x'])('%s is none', text =>
  expect(whenOf(text)).toBeNull(),
)

test('the catalogue is asked for whole days', () => {
  expect(datetimeOf('2024-05-01/..')).toBe('2024-05-01T00:00:00Z/..')
  expect(datetimeOf('../2024-05-01')).toBe('../2024-05-01T23:59:59Z')
})
