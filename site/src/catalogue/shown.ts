/**
 * Everything the pages show was written by strangers. `shown` is the gate all of it passes on its
 * way from the registry to a template: control, bidirectional and zero-width characters become
 * visible escapes in every string of a plain value. (Markup is escaped by the templates.)
 */
import { visible } from "../../../src/base/visible.ts";

export function shown<T>(value: T): T {
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === "string") return visible(value.replaceAll("\r\n", "\n"), { keepLines: true });
  if (Array.isArray(value)) return value.map(walk);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
  return value;
}

/** `text` on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** 1234567 as `1,234,567`, on every machine alike. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 package`, `2 packages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A size in bytes as people read it, in powers of 1000. */
export function sized(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `url` where it is an http(s) address a page may link to. */
export function webAddress(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : undefined;
}
