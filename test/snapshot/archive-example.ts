/** An archive's files with every kind of name in them, in no order. */
import { equalBytes, utf8 } from "../../src/base/bytes.ts";

export const LONG = `content/${"d".repeat(80)}/${"e".repeat(60)}/${"f".repeat(90)}.ttl`;
export const EXAMPLE = new Map<string, Uint8Array>([
  ["content/ontology.ttl", utf8("<#a> a <#b> .\n".repeat(200))],
  ["content/ünï/日本.ttl", utf8("é")],
  ["content/a/b", new Uint8Array(0)],
  ["content/a-b", new Uint8Array(512).fill(7)],
  [LONG, utf8("long")],
  ["SHA256SUMS.sig", utf8("sig\n")],
  ["SHA256SUMS", utf8("sums\n")],
  ["package.toml", utf8("format = 1\n")],
]);

export const sameFiles = (a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>) =>
  a.size === b.size && [...a].every(([path, bytes]) => equalBytes(bytes, b.get(path) ?? utf8("\0missing")));
