/**
 * Dates as authors write them (RFC 3339, https://www.rfc-editor.org/rfc/rfc3339), narrowed to what is also an
 * xsd:date or xsd:dateTime: capital T and Z, an offset with each time, no leap second.
 */

const DATE = "(\\d{4})-(\\d{2})-(\\d{2})";
const TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?";
const OFFSET = "(?:Z|[+-](?:0\\d|1[0-3]):[0-5]\\d|[+-]14:00)";
export const RFC3339_PATTERN = `^${DATE}(?:T${TIME}${OFFSET})?$`;

const SHAPE = new RegExp(RFC3339_PATTERN);

/** Whether `text` is a date that exists, alone or with time and offset. */
export function isRfc3339(text: string): boolean {
  const match = SHAPE.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year >= 1 && isCalendarDay(year, month, day);
}

/** Whether the month has the day, in the proleptic Gregorian calendar. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
