/**
 * A section: records of one kind in parts, found by the first bits of sha256(name).
 *
 *     manifest (canonical JSON)  { "format": 1, "bits": b, "parts": [part ref, …], "pack"? }    2^b parts, b up to 6
 *                                { "format": 1, "bits": b, "pages": [page ref, …], "pack"? }    2^(b-6) pages
 *     page     deflate-raw of canonical JSON: [part ref, …], 64 parts
 *     part     deflate-raw of canonical JSON: an array of records, by name
 *     pack     every page, then every part, one after the other, as they stand in their own files
 *
 *     page ref  [sha256, length]      part ref  [sha256, length, rawLength]      null for one with nothing in it
 *     pack      [sha256, length]
 *
 * A reader of one record so reads a few kilobytes, however many there are, and a reader who has most of them
 * fetches what changed. Who has none takes the pack: one request. A small section has one part (b = 0) and no
 * pack; nor has one whose pack would have more than PACK_BYTES_MAX. The number of bits follows from the records
 * alone, so that it is the same however a tree was made.
 * History: format 1, the first.
 */
import { concat, fromHex, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { canonicalJson } from "../base/json.ts";
import { sortedBy } from "../base/order.ts";
import { packPath, pagePath, type Ref, recordsPath, sectionPath } from "./layout.ts";
import type { SnapshotFile, SnapshotFiles } from "./snapshot-files.ts";

/** A part with more than one record is cut in two where it is larger than this, packed. */
export interface SectionLimits {
  readonly partBytesMax: number;
  /** Up to this size, packed, a section is one part: one request is better than the right one of several. */
  readonly singlePartBytesMax: number;
}

/** At most 2^16 parts. */
export const BITS_MAX = 16;
/** A page has 2^6 parts. */
export const PAGE_BITS = 6;
/** A manifest of 2^10 pages has some 75,000 bytes. */
export const SECTION_MANIFEST_BYTES_MAX = 128 * 1024;
/** 64 part refs have some 5,500 bytes, unpacked. */
export const PAGE_BYTES_MAX = 16 * 1024;
/** A larger pack than that would be held in memory whole. */
export const PACK_BYTES_MAX = 64 * 1024 * 1024;
/** What a part may unpack to. */
export const PART_RAW_BYTES_MAX = 64 * 1024 * 1024;
/** JSON values in a part, and how deep they lie inside each other: what it takes to hold it once it is parsed. */
export const PART_VALUES_MAX = 2_000_000;
export const PART_DEPTH_MAX = 32;
/**
 * Records pack to an eighth of their size at best, so a part with more than eight times its limit is
 * not packed to find out. Part of the format's writer: another number could give other bits.
 */
const PACKS_TO_AN_NTH_AT_BEST = 8;

export type PartRef = readonly [sha256: Digest, length: number, rawLength: number];

export type PageRef = readonly [sha256: Digest, length: number];
export type Page = readonly (PartRef | null)[];

export type SectionManifest = { readonly format: 1; readonly bits: number; readonly pack?: PageRef } & (
  | { readonly parts: Page }
  | { readonly pages: readonly (PageRef | null)[] }
);

/** Which part holds `name`: the first `bits` bits of sha256(name), as a number. */
export function partOf(name: string, bits: number, hash: Hash): number {
  if (bits === 0) return 0;
  const digest = fromHex(hash(utf8(name))) as Uint8Array;
  return (((digest[0] as number) << 8) | (digest[1] as number)) >>> (16 - bits);
}

/** A record that is not written yet. */
export interface SectionRecord {
  readonly name: string;
  /** Names the record's bytes: the same key, the same bytes. */
  readonly key: string;
  /** Of its bytes. */
  readonly length: number;
  /** Canonical JSON. */
  readonly bytes: () => Uint8Array;
}

/** Packs a part, or knows how it was packed: the same key, the same bytes. */
export type Packer = (key: string, raw: () => Uint8Array) => Promise<SnapshotFile>;

export interface SectionPorts {
  readonly hash: Hash;
  readonly pack: Packer;
  readonly openHash: () => { update(bytes: Uint8Array): void; digest(): Digest };
}

type Part = readonly SectionRecord[];

/** Writes the parts, pages and manifest of a section to `files`; gives the manifest's ref. */
export async function writeSection(
  records: readonly SectionRecord[],
  limits: SectionLimits,
  files: SnapshotFiles,
  ports: SectionPorts,
): Promise<Ref> {
  const placed = sortedBy(records, (record) => record.name).map((record) => ({
    record,
    place: partOf(record.name, BITS_MAX, ports.hash),
  }));
  for (let bits = 0; ; bits++) {
    const parts = Array.from({ length: 2 ** bits }, (): SectionRecord[] => []);
    for (const { record, place } of placed) parts[place >>> (BITS_MAX - bits)]?.push(record);
    const limit = bits === 0 ? limits.singlePartBytesMax : limits.partBytesMax;
    // With a part for each record there is nothing to gain: two large ones may share many bits.
    const canSplit = bits < BITS_MAX && 2 ** bits < records.length;
    const isOver = (part: Part, bytes: number) => canSplit && part.length > 1 && bytes > limit;
    if (parts.some((part) => isOver(part, rawLength(part) / PACKS_TO_AN_NTH_AT_BEST))) continue;
    const isOverPacked = async (part: Part) => isOver(part, (await packPart(part, ports))?.length ?? 0);
    // Where it is not, hardly any is: the others are not packed in vain.
    if (await isOverPacked(largest(parts))) continue;
    const packed = await Promise.all(parts.map((part) => packPart(part, ports)));
    if (parts.some((part, at) => isOver(part, packed[at]?.length ?? 0))) continue;
    const refs = parts.map((part, at) => addPart(packed[at], rawLength(part), files));
    return writeManifest(bits, refs, present(packed), files, ports);
  }
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function largest(parts: readonly Part[]): Part {
  return parts.reduce((most, part) => (rawLength(part) > rawLength(most) ? part : most));
}

async function writeManifest(
  bits: number,
  parts: Page,
  packed: readonly SnapshotFile[],
  files: SnapshotFiles,
  ports: SectionPorts,
): Promise<Ref> {
  const pages = bits <= PAGE_BITS ? [] : await packPages(parts, ports);
  for (const page of present(pages)) files.addKnown(pagePath(page.sha256), page);
  const listed =
    bits <= PAGE_BITS
      ? { parts }
      : { pages: pages.map((page) => (page ? [page.sha256, page.length] : null)) };
  const pack = bits === 0 ? undefined : addPack([...present(pages), ...packed], files, ports);
  const manifest = canonicalJson({ format: 1, bits, ...listed, ...(pack === undefined ? {} : { pack }) });
  return { sha256: files.addNamed(manifest, sectionPath), length: manifest.length };
}

function packPages(parts: Page, { pack, hash }: SectionPorts): Promise<(SnapshotFile | undefined)[]> {
  const pages = Array.from({ length: parts.length >>> PAGE_BITS }, async (_, at) => {
    const page = parts.slice(at << PAGE_BITS, (at + 1) << PAGE_BITS);
    if (page.every((part) => part === null)) return undefined;
    const bytes = canonicalJson(page);
    return pack(hash(bytes), () => bytes);
  });
  return Promise.all(pages);
}

/** Pages and parts as one file; nothing where that would be too large. */
function addPack(
  packed: readonly SnapshotFile[],
  files: SnapshotFiles,
  { openHash }: SectionPorts,
): PageRef | undefined {
  const length = packed.reduce((sum, file) => sum + file.length, 0);
  if (length > PACK_BYTES_MAX) return undefined;
  const hash = openHash();
  for (const file of packed) hash.update(file.bytes());
  const sha256 = hash.digest();
  const bytes = () => concat(...packed.map((file) => file.bytes()));
  files.addKnown(packPath(sha256), { sha256, length, bytes });
  return [sha256, length];
}

async function packPart(part: Part, ports: SectionPorts): Promise<SnapshotFile | undefined> {
  if (part.length === 0) return undefined;
  return ports.pack(ports.hash(utf8(part.map((record) => record.key).join("\n"))), () => rawPart(part));
}

function addPart(packed: SnapshotFile | undefined, raw: number, files: SnapshotFiles): PartRef | null {
  if (packed === undefined) return null;
  files.addKnown(recordsPath(packed.sha256), packed);
  return [packed.sha256, packed.length, raw];
}

/** Canonical JSON of the array: its records with commas between them. */
function rawPart(part: Part): Uint8Array {
  const pieces = part.flatMap((record, at) => [at === 0 ? OPEN : COMMA, record.bytes()]);
  return concat(...pieces, CLOSE);
}

function rawLength(part: Part): number {
  return part.reduce((sum, record) => sum + record.length, 0) + part.length + 1;
}

const OPEN = utf8("[");
const COMMA = utf8(",");
const CLOSE = utf8("]");
