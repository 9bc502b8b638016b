/** Finds entries and rows: which files to ask for, which slices of them to read, and what is in those. */
import { mapInOrder } from "../base/in-order.ts";
import { compareText } from "../base/order.ts";
import type { SearchRow } from "./document.ts";
import type { Entry } from "./flexsearch.ts";
import { type BlockRef, invalidIndex } from "./format.ts";
import { type IdParts, type KeyParts, type Part, parsePage } from "./manifest.ts";
import { readRows } from "./row-block.ts";
import { type KeyFound, type ScanBounds, Shard } from "./shard.ts";

/** Blocks that are asked for at once, and held until their rows are read. */
const BLOCKS_AT_ONCE_MAX = 16;

/** Gives the inflated bytes of a file, verified against `ref`. */
export type ReadFile = (ref: BlockRef) => Promise<Uint8Array>;

/** Inflated bytes kept for the next query; the files used longest ago go first. */
const CACHE_BYTES_MAX = 2 ** 25;
/** Shards that one scan goes through. */
const SCAN_SHARDS_MAX = 3;

/** What a query needs of a family. Tests answer it from memory, by a linear scan. */
export interface EntrySource {
  /** Whether all keys stand in one slice, so that looking at all of them costs no request. */
  readonly single: boolean;
  /** The entries of those `keys` that are there. */
  find(keys: readonly string[]): Promise<Entry[]>;
  /** Keys that begin with `prefix`, ascending. */
  scan(prefix: string, bounds: ScanBounds): Promise<KeyFound[]>;
}

/** Slices of files; a file is read once while it is kept. */
export class SliceReader {
  readonly #read: ReadFile;
  readonly #files = new Map<string, { bytes: Promise<Uint8Array>; rawLength: number }>();
  #kept = 0;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  async slice(part: Part<unknown>): Promise<Uint8Array> {
    return (await this.#file(part.file)).subarray(part.at, part.at + part.length);
  }

  #file(ref: BlockRef): Promise<Uint8Array> {
    const known = this.#files.get(ref.sha256);
    if (known !== undefined) {
      this.#files.delete(ref.sha256);
      this.#files.set(ref.sha256, known);
      return known.bytes;
    }
    const bytes = this.#checked(ref);
    this.#files.set(ref.sha256, { bytes, rawLength: ref.rawLength });
    this.#kept += ref.rawLength;
    for (const [sha256, file] of this.#files) {
      if (this.#kept <= CACHE_BYTES_MAX || sha256 === ref.sha256) break;
      this.#drop(sha256, file.rawLength);
    }
    return bytes;
  }

  async #checked(ref: BlockRef): Promise<Uint8Array> {
    try {
      const bytes = await this.#read(ref);
      if (bytes.length !== ref.rawLength)
        throw invalidIndex("a file has another length than its manifest says");
      return bytes;
    } catch (error) {
      // A file that could not be read is asked for again by the next query.
      this.#drop(ref.sha256, ref.rawLength);
      throw error;
    }
  }

  #drop(sha256: string, rawLength: number): void {
    if (this.#files.delete(sha256)) this.#kept -= rawLength;
  }
}

/** The position of the last of `parts` that begins at `key` or before it; 0 where all begin after it. */
function positionOf<Key>(parts: readonly Part<Key>[], key: Key, compare: (a: Key, b: Key) => number): number {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const part = parts[middle];
    if (part !== undefined && compare(part.first, key) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A family of entries in shards. */
export class Family implements EntrySource {
  readonly #parts: KeyParts;
  readonly #slices: SliceReader;
  readonly #documents: number;

  constructor(parts: KeyParts, slices: SliceReader, documents: number) {
    this.#parts = parts;
    this.#slices = slices;
    this.#documents = documents;
  }

  get single(): boolean {
    return this.#parts.length <= 1;
  }

  async find(keys: readonly string[]): Promise<Entry[]> {
    const entries = await Promise.all([...new Set(keys)].map((key) => this.#findOne(key)));
    return entries.filter((entry) => entry !== undefined);
  }

  async #findOne(key: string): Promise<Entry | undefined> {
    const part = this.#parts[positionOf(this.#parts, key, compareText)];
    return part === undefined ? undefined : (await this.#shard(part)).find(key);
  }

  async scan(prefix: string, bounds: ScanBounds): Promise<KeyFound[]> {
    const found: KeyFound[] = [];
    let keysMax = bounds.keysMax;
    const parts = this.#partsOf(prefix);
    if (bounds.together === true) await Promise.all(parts.map((part) => this.#slices.slice(part)));
    for (const part of parts) {
      const more = (await this.#shard(part)).scan(prefix, { ...bounds, keysMax });
      found.push(...more.found);
      keysMax -= more.looked;
      if (!more.open || keysMax <= 0) break;
    }
    return found;
  }

  /** The shards that keys with `prefix` may be in: the first few. Nothing with it is behind a first key beyond it. */
  #partsOf(prefix: string): KeyParts {
    const from = positionOf(this.#parts, prefix, compareText);
    const few = this.#parts.slice(from, from + SCAN_SHARDS_MAX);
    const beyond = few.findIndex(({ first }) => first > prefix && !first.startsWith(prefix));
    return beyond < 0 ? few : few.slice(0, beyond);
  }

  async #shard(part: Part<string>): Promise<Shard> {
    return new Shard(await this.#slices.slice(part), this.#documents);
  }
}

/** The rows of documents, in blocks. */
export class Rows {
  readonly #blocks: IdParts;
  readonly #pages: IdParts;
  readonly #parsed = new Map<Part<number>, Promise<IdParts>>();
  readonly #slices: SliceReader;
  readonly #documents: number;

  constructor(blocks: IdParts, pages: IdParts, slices: SliceReader, documents: number) {
    this.#blocks = blocks;
    this.#pages = pages;
    this.#slices = slices;
    this.#documents = documents;
  }

  /** The rows of `ids`; each block is read once. */
  async find(ids: readonly number[]): Promise<Map<number, SearchRow>> {
    const wanted = new Map<string, { part: Part<number>; ids: Set<number> }>();
    await Promise.all(
      ids.map(async (id) => {
        const part = await this.#partOf(id);
        const name = `${part.file.sha256}/${part.at}`;
        const block = wanted.get(name) ?? { part, ids: new Set() };
        block.ids.add(id);
        wanted.set(name, block);
      }),
    );
    const rows = await mapInOrder([...wanted.values()], BLOCKS_AT_ONCE_MAX, async (block) =>
      readRows(await this.#slices.slice(block.part), block.ids),
    );
    return new Map(rows.flatMap((some) => [...some]));
  }

  async #partOf(id: number): Promise<Part<number>> {
    const page = this.#pages[positionOf(this.#pages, id, compareIds)];
    const isOnPage = page !== undefined && page.first <= id;
    const blocks = isOnPage ? await this.#page(page) : this.#blocks;
    const part = blocks[positionOf(blocks, id, compareIds)];
    if (part === undefined || part.first > id) throw invalidIndex("no block has the rows of a document");
    return part;
  }

  /** A page is read and parsed once; there are at most as many as the manifest lists. */
  #page(part: Part<number>): Promise<IdParts> {
    const known = this.#parsed.get(part);
    if (known !== undefined) return known;
    const parsed = this.#slices.slice(part).then((bytes) => parsePage(bytes, this.#documents));
    this.#parsed.set(part, parsed);
    parsed.catch(() => this.#parsed.delete(part));
    return parsed;
  }
}

const compareIds = (a: number, b: number): number => a - b;
