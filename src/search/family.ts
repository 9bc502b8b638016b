/** Finds entries and rows: which files to ask for, which slices of them to read, and what is in those. */
import { mapInOrder } from "../base/in-order.ts";
import type { SearchRow } from "./document.ts";
import type { Entry } from "./flexsearch.ts";
import { type BlockRef, invalidIndex } from "./format.ts";
import type { Part } from "./manifest.ts";
import { readRows } from "./row-block.ts";
import { type KeyFound, type ScanBounds, Shard } from "./shard.ts";
import { parsePage, type SliceList } from "./slice-lists.ts";

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
  readonly #keptBytesMax: number;
  readonly #files = new Map<string, { bytes: Promise<Uint8Array>; rawLength: number }>();
  #kept = 0;

  constructor(read: ReadFile, keptBytesMax = CACHE_BYTES_MAX) {
    this.#read = read;
    this.#keptBytesMax = keptBytesMax;
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
      if (this.#kept <= this.#keptBytesMax || sha256 === ref.sha256) break;
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

/** A family of entries in shards. */
export class Family implements EntrySource {
  readonly #shards: SliceList<string>;
  readonly #slices: SliceReader;
  readonly #documents: number;

  constructor(shards: SliceList<string>, slices: SliceReader, documents: number) {
    this.#shards = shards;
    this.#slices = slices;
    this.#documents = documents;
  }

  get single(): boolean {
    return this.#shards.length <= 1;
  }

  async find(keys: readonly string[]): Promise<Entry[]> {
    const entries = await Promise.all([...new Set(keys)].map((key) => this.#findOne(key)));
    return entries.filter((entry) => entry !== undefined);
  }

  async #findOne(key: string): Promise<Entry | undefined> {
    if (this.#shards.length === 0) return undefined;
    const part = this.#shards.part(this.#shards.positionOf(key));
    return (await this.#shard(part)).find(key);
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
  #partsOf(prefix: string): Part<string>[] {
    const parts: Part<string>[] = [];
    const from = this.#shards.positionOf(prefix);
    const to = Math.min(from + SCAN_SHARDS_MAX, this.#shards.length);
    for (let position = from; position < to; position++) {
      const part = this.#shards.part(position);
      if (part.first > prefix && !part.first.startsWith(prefix)) break;
      parts.push(part);
    }
    return parts;
  }

  async #shard(part: Part<string>): Promise<Shard> {
    return new Shard(await this.#slices.slice(part), this.#documents);
  }
}

/** The rows of documents, in blocks. */
export class Rows {
  readonly #blocks: SliceList<number>;
  readonly #pages: SliceList<number>;
  readonly #parsed = new Map<number, Promise<SliceList<number>>>();
  readonly #slices: SliceReader;
  readonly #documents: number;

  constructor(blocks: SliceList<number>, pages: SliceList<number>, slices: SliceReader, documents: number) {
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
    const page = this.#pages.positionOf(id);
    const isOnPage = this.#pages.length > 0 && this.#pages.first(page) <= id;
    const blocks = isOnPage ? await this.#page(page) : this.#blocks;
    const block = blocks.positionOf(id);
    if (blocks.length === 0 || blocks.first(block) > id)
      throw invalidIndex("no block has the rows of a document");
    return blocks.part(block);
  }

  /** A page is read and parsed once; there are at most as many as the manifest lists. */
  #page(position: number): Promise<SliceList<number>> {
    const known = this.#parsed.get(position);
    if (known !== undefined) return known;
    const bytes = this.#slices.slice(this.#pages.part(position));
    const parsed = bytes.then((page) => parsePage(page, this.#documents));
    this.#parsed.set(position, parsed);
    parsed.catch(() => this.#parsed.delete(position));
    return parsed;
  }
}
