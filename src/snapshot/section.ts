/**
 * A section: records of one kind in parts, found by the first bits of sha256(name).
 *
 *     section manifest (canonical JSON)  { "format": 1, "bits": b, "parts": [[sha256, length, rawLength], …] }   2^b parts
 *     part                               deflate-raw of canonical JSON: an array of records, by name
 *
 * A small section has one part (b = 0). A part that would be empty has no file: its entry is null.
 */
import { fromHex, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { compareText } from "../base/order.ts";
import { type Ref, recordsPath, sectionPath } from "./layout.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";

/** A part is cut in two where it is larger than this, packed. */
export const PART_BYTES_MAX = 32_768;
/** Up to this size, packed, a section is one part: one request is better than the right one of several. */
export const SINGLE_PART_BYTES_MAX = 98_304;
/** At most 2^12 parts. */
export const BITS_MAX = 12;
/** What a part may unpack to. */
export const PART_RAW_BYTES_MAX = 64 * 1024 * 1024;

export type PartRef = readonly [sha256: Digest, length: number, rawLength: number];

export interface SectionManifest {
  readonly format: 1;
  readonly bits: number;
  readonly parts: readonly (PartRef | null)[];
}

/** Which part holds `name`: the first `bits` bits of sha256(name), as a number. */
export function partOf(name: string, bits: number, hash: Hash): number {
  if (bits === 0) return 0;
  const digest = fromHex(hash(utf8(name))) as Uint8Array;
  return (((digest[0] as number) << 8) | (digest[1] as number)) >>> (16 - bits);
}

interface NamedRecord {
  readonly name: string;
  readonly record: Json;
}

/** Writes the parts and the manifest of a section to `files`; gives the manifest's ref. */
export function writeSection(
  records: readonly NamedRecord[],
  files: SnapshotFiles,
  ports: { hash: Hash; deflate: (bytes: Uint8Array) => Uint8Array },
): Ref {
  const sorted = [...records].sort((a, b) => compareText(a.name, b.name));
  const pack = (part: readonly NamedRecord[]) => {
    const raw = canonicalJson(part.map((entry) => entry.record));
    return { rawLength: raw.length, packed: ports.deflate(raw) };
  };
  for (let bits = 0; ; bits++) {
    const buckets = Array.from({ length: 2 ** bits }, (): NamedRecord[] => []);
    for (const entry of sorted) buckets[partOf(entry.name, bits, ports.hash)]?.push(entry);
    const packed = buckets.map((bucket) => (bucket.length === 0 ? null : pack(bucket)));
    const limit = bits === 0 ? SINGLE_PART_BYTES_MAX : PART_BYTES_MAX;
    const tooLarge = buckets.some(
      (bucket, i) => bucket.length > 1 && (packed[i]?.packed.length ?? 0) > limit,
    );
    if (tooLarge && bits < BITS_MAX) continue;
    const parts = packed.map((part): PartRef | null => {
      if (part === null) return null;
      const digest = files.addNamed(part.packed, recordsPath);
      return [digest, part.packed.length, part.rawLength];
    });
    const manifest = canonicalJson({ format: 1, bits, parts });
    return { sha256: files.addNamed(manifest, sectionPath), length: manifest.length };
  }
}
