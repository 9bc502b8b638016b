/**
 * Fields of metadata as they came: each is read once, by its form, or is a fault in words. Nothing that a stranger
 * wrote is quoted but as text, cut short and with what nobody sees made visible.
 */
import { visible } from "../../base/visible.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What stands in a metadata file instead of what should: turned into METADATA_INVALID with the file's name. */
export class Fault extends Error {}

const FAULT_CHARS_MAX = 300;
const VALUE_CHARS_MAX = 80;

/** The fault in words that can be shown. */
export function faultText({ message }: Fault): string {
  return visible(message.slice(0, FAULT_CHARS_MAX));
}

export function object(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Fault(`${what} is not an object`);
}

/** The members of an object, of which there may be `max`; a Map never takes a name for a method. */
export function entries(value: unknown, what: string, max: number): [string, unknown][] {
  const found = Object.entries(object(value, what));
  if (found.length > max) throw new Fault(`${shown(what)} has more than ${max} members`);
  return found;
}

export function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(`${what} is not a list`);
  if (value.length > max) throw new Fault(`${what} has more than ${max} members`);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Fault(`${what} is not a text`);
}

export function count(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Fault(`${what} is not a whole number up to 2^53 - 1`);
}

export function version(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw new Fault(`${what} is not a whole number from 1 to 2^53 - 1`);
}

/** 4.2.1: ISO 8601 in UTC, to the second, in this one form. */
export function date(value: unknown, what: string): number {
  if (isDate(value)) return Date.parse(value);
  throw new Fault(`${what} is ${shown(value)}, and not a date such as "2030-01-31T00:00:00Z"`);
}

export function isDate(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return false;
  const time = Date.parse(value);
  // 30 February and hour 24 are read by Date.parse as other days: writing it again tells.
  return !Number.isNaN(time) && dateText(time) === value;
}

/** The one way a date is written in metadata. `time` in milliseconds since 1970; parts of a second are left off. */
export function dateText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

export function shown(value: unknown): string {
  // Not String(): an object from a stranger may have a `toString` of its own, which is no function.
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `"${visible(text.slice(0, VALUE_CHARS_MAX))}"`;
}
