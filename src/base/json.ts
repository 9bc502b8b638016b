/**
 * Canonical JSON: the one way this project writes a value that a digest names.
 *
 * UTF-8, no white space, keys in code point order, integers only (|n| <= 2^53 - 1), no `undefined`.
 * Reading is parsing and writing again: duplicate keys, rounded numbers, other spellings come out
 * different and are refused.
 */
import { decodeUtf8, equalBytes, utf8 } from "./bytes.ts";
import { sortedTexts } from "./order.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Depth a canonical value may have; deeper input is refused rather than recursed into. */
const DEPTH_MAX = 64;

export function canonicalJson(value: Json): Uint8Array {
  return utf8(write(value, 0));
}

function write(value: Json, depth: number): string {
  if (depth > DEPTH_MAX) throw new RangeError(`canonical JSON is at most ${DEPTH_MAX} levels deep`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      throw new RangeError(`canonical JSON has safe integers only, got ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json) => write(item, depth + 1)).join(",")}]`;
  const object = value as { readonly [key: string]: Json | undefined };
  const members: string[] = [];
  for (const key of sortedTexts(Object.keys(object))) {
    const member = object[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${write(member, depth + 1)}`);
  }
  return `{${members.join(",")}}`;
}

/** The value of canonical JSON `bytes`; `undefined` where they are not canonical JSON. */
export function parseCanonicalJson(bytes: Uint8Array): Json | undefined {
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return equalBytes(canonicalJson(value), bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}
