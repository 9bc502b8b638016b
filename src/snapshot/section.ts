/**
 * A section: records of one kind in parts, found by the first bits of sha256(name).
 *
 *     section manifest (canonical JSON)  { "format": 1, "bits": b, "parts": [[sha256, length, rawLength], …] }   2^b parts
 *     part                               deflate-raw of canonical JSON: an array of records, by name
 *
 * A small section has one part (b = 0). A part that would be empty has no file: its entry is null.
 * The number of bits follows from the records alone, so that it is the same however a tree was made.
 * History: format 1, the first.
 */
import { concat, fromHex, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { canonicalJson } from "../base/json.ts";
import { sortedBy } from "../base/order.ts";
import { type Ref, recordsPath, sectionPath } from "./layout.ts";
import type { SnapshotFile, SnapshotFiles } from "./snapshot-files.ts";

/** A part is cut in two where it is larger than this, packed. */
export const PART_BYTES_MAX = 32_768;
/** Up to this size, packed, a section is one part: one request is better than the right one of several. */
export const SINGLE_PART_BYTES_MAX = 98_304;
/** At most 2^12 parts. */
export const BITS_MAX = 12;
/** What a part may unpack to. */
export const PART_RAW_BYTES_MAX = 64 * 1024 * 1024;
/**
 * Records pack to an eighth of their size at best, so a part with more than eight times its limit is
 * not packed to find out. Part of the format's writer: another number could give other bits.
 */
const PACKS_TO_AN_NTH_AT_BEST = 8;

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

interface SectionPorts {
  readonly hash: Hash;
  readonly pack: Packer;
}

type Part = readonly SectionRecord[];

/** Writes the parts and the manifest of a section to `files`; gives the manifest's ref. */
export async function writeSection(
  records: readonly SectionRecord[],
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
    const limit = bits === 0 ? SINGLE_PART_BYTES_MAX : PART_BYTES_MAX;
    const canSplit = bits < BITS_MAX;
    const isOver = (part: Part, bytes: number) => canSplit && part.length > 1 && bytes > limit;
    if (parts.some((part) => isOver(part, rawLength(part) / PACKS_TO_AN_NTH_AT_BEST))) continue;
    const packed = await Promise.all(parts.map((part) => packPart(part, ports)));
    if (parts.some((part, at) => isOver(part, packed[at]?.length ?? 0))) continue;
    const refs = parts.map((part, at) => addPart(packed[at], rawLength(part), files));
    const manifest = canonicalJson({ format: 1, bits, parts: refs });
    return { sha256: files.addNamed(manifest, sectionPath), length: manifest.length };
  }
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
