/** A shard: the entries of a range of keys. `format.ts` draws it. */
import { compareBytes, concat, decodeUtf8, utf8 } from "../base/bytes.ts";
import type { Entry, Slots } from "./flexsearch.ts";
import {
  checkMagic,
  invalidIndex,
  KEY_BYTES_MAX,
  RESTART_BYTES,
  RESTART_KEYS,
  SHARD_HEADER_BYTES,
  SHARD_MAGIC,
} from "./format.ts";
import { SLOT_COUNT } from "./slots.ts";
import { ByteReader, ByteWriter, sharedLength, u32At } from "./varint.ts";

/** Smallest entry of a dictionary: shared, length, one byte, mask, postings' length. */
const ENTRY_BYTES_MIN = 5;

/** About the bytes that an entry takes in a shard. */
export function entryBytes([key, slots]: Entry): number {
  let bytes = key.length + ENTRY_BYTES_MIN;
  for (const ids of slots) {
    if (ids === undefined) continue;
    let last = 0;
    for (const id of ids) {
      bytes += id - last < 0x80 ? 1 : id - last < 0x4000 ? 2 : 3;
      last = id;
    }
  }
  return bytes;
}

/** The bytes of `entries`, which must ascend by the UTF-8 bytes of their keys. */
export function writeShard(entries: Iterable<Entry>): Uint8Array {
  const restarts = new ByteWriter();
  const dictionary = new ByteWriter();
  const postings = new ByteWriter();
  let before: Uint8Array = new Uint8Array();
  let position = 0;
  for (const [key, slots] of entries) {
    const bytes = utf8(key);
    if (bytes.length === 0 || bytes.length > KEY_BYTES_MAX)
      throw new RangeError(`a key has 1 to ${KEY_BYTES_MAX} bytes`);
    if (position > 0 && compareBytes(before, bytes) >= 0)
      throw new RangeError("the keys of a shard must ascend");
    const restart = position % RESTART_KEYS === 0;
    if (restart) {
      restarts.u32(dictionary.length);
      restarts.u32(postings.length);
    }
    const shared = restart ? 0 : sharedLength(before, bytes);
    const from = postings.length;
    const mask = writePostings(postings, slots);
    dictionary.varint(shared);
    dictionary.varint(bytes.length - shared);
    dictionary.append(bytes.subarray(shared));
    dictionary.u8(mask);
    dictionary.varint(postings.length - from);
    before = bytes;
    position++;
  }
  const header = new ByteWriter();
  for (const field of [SHARD_MAGIC, position, dictionary.length, postings.length]) header.u32(field);
  return concat(header.bytes(), restarts.bytes(), dictionary.bytes(), postings.bytes());
}

/** Writes the ids of every slot that has some, and returns the mask of those slots. */
function writePostings(postings: ByteWriter, slots: Slots): number {
  let mask = 0;
  for (const [slot, ids] of slots.entries()) {
    if (ids === undefined || ids.length === 0) continue;
    mask |= 1 << slot;
    postings.varint(ids.length);
    let last = 0;
    for (const [position, id] of ids.entries()) {
      if (position > 0 && id <= last) throw new RangeError("the ids of a slot must ascend");
      postings.varint(id - last);
      last = id;
    }
  }
  if (mask === 0 || mask >= 1 << SLOT_COUNT)
    throw new RangeError(`a key has ids in 1 to ${SLOT_COUNT} slots`);
  return mask;
}

/** A key met on the way through a dictionary. `weight` is the length of its postings in bytes: about its ids. */
export interface KeyFound {
  readonly key: string;
  readonly weight: number;
  /** Its entry; ids are decoded when this is called. */
  readonly entry: () => Entry;
}

export interface ScanBounds {
  /** Keys beyond this many are not looked at. */
  readonly keysMax: number;
  /** Most of the range is wanted: its shards are asked for at once, and not one after another. */
  readonly together?: boolean;
  /** Passes over the keys it says no to. Of the bytes it is given, `length` are the key, for the time of the call. */
  readonly accept?: (bytes: Uint8Array, length: number) => boolean;
}

/** Reads one shard. Only the header is read at once; keys and ids are checked as they are met. */
export class Shard {
  readonly #bytes: Uint8Array;
  readonly #documents: number;
  readonly #keys: number;
  readonly #dictionary: number;
  readonly #postings: number;

  /** `documents` is the number of documents of the index: ids are below it. */
  constructor(bytes: Uint8Array, documents: number) {
    checkMagic(u32At(bytes, 0), SHARD_MAGIC, "a shard");
    const keys = u32At(bytes, 4);
    const dictionary = u32At(bytes, 8);
    const postings = u32At(bytes, 12);
    const restarts = RESTART_BYTES * Math.ceil(keys / RESTART_KEYS);
    if (SHARD_HEADER_BYTES + restarts + dictionary + postings !== bytes.length || keys === 0) {
      throw invalidIndex("a shard has another length than its header says");
    }
    if (keys * ENTRY_BYTES_MIN > dictionary)
      throw invalidIndex("a shard has more keys than its dictionary can hold");
    this.#bytes = bytes;
    this.#documents = documents;
    this.#keys = keys;
    this.#dictionary = SHARD_HEADER_BYTES + restarts;
    this.#postings = this.#dictionary + dictionary;
    this.#checkRestarts(dictionary, postings);
  }

  /** Every restart has bytes of its own: else one list of ids could be that of many keys. */
  #checkRestarts(dictionary: number, postings: number): void {
    let [key, ids] = [-1, -1];
    for (let at = SHARD_HEADER_BYTES; at < this.#dictionary; at += RESTART_BYTES) {
      const [nextKey, nextIds] = [u32At(this.#bytes, at), u32At(this.#bytes, at + 4)];
      if (nextKey <= key || nextIds <= ids) throw invalidIndex("the restarts of a shard do not ascend");
      key = nextKey;
      ids = nextIds;
    }
    if (key >= dictionary || ids >= postings) throw invalidIndex("a restart points outside of its shard");
  }

  /** The entry of `key`, or nothing. */
  find(key: string): Entry | undefined {
    const wanted = utf8(key);
    const cursor = this.#cursorBefore(wanted);
    while (cursor.next()) {
      const order = compareBytes(cursor.key(), wanted);
      if (order === 0) return [key, this.#slots(cursor)];
      if (order > 0) return undefined;
    }
    return undefined;
  }

  /**
   * The keys that begin with `prefix`, ascending, and whether the range may go on in the next shard.
   * `looked` counts the keys that were looked at.
   */
  scan(prefix: string, bounds: ScanBounds): { found: KeyFound[]; looked: number; open: boolean } {
    const start = utf8(prefix);
    const cursor = this.#cursorBefore(start);
    const found: KeyFound[] = [];
    let looked = 0;
    while (cursor.next()) {
      if (!cursor.startsWith(start)) {
        if (compareBytes(cursor.key(), start) < 0) continue;
        return { found, looked, open: false };
      }
      if (++looked > bounds.keysMax) return { found, looked, open: false };
      if (bounds.accept?.(cursor.buffer, cursor.keyLength) === false) continue;
      const text = textOf(cursor.key());
      const { mask, postingsAt, postingsLength } = cursor;
      const entry = (): Entry => [text, this.#slots({ mask, postingsAt, postingsLength })];
      found.push({ key: text, weight: postingsLength, entry });
    }
    return { found, looked, open: true };
  }

  /** Every entry, ascending. */
  *entries(): Generator<Entry> {
    const cursor = this.#cursorAt(0);
    while (cursor.next()) yield [textOf(cursor.key()), this.#slots(cursor)];
  }

  /** A cursor before the last restart whose key is at most `wanted`. */
  #cursorBefore(wanted: Uint8Array): Cursor {
    let low = 0;
    let high = Math.ceil(this.#keys / RESTART_KEYS) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const cursor = this.#cursorAt(middle);
      cursor.next();
      if (compareBytes(cursor.key(), wanted) <= 0) low = middle;
      else high = middle - 1;
    }
    return this.#cursorAt(low);
  }

  #cursorAt(restart: number): Cursor {
    const at = this.#dictionary + u32At(this.#bytes, SHARD_HEADER_BYTES + restart * RESTART_BYTES);
    const reader = new ByteReader(this.#bytes, at, this.#postings);
    return new Cursor(reader, this.#dictionary, restart * RESTART_KEYS, this.#keys);
  }

  #slots({ mask, postingsAt, postingsLength }: PostingsPlace): Slots {
    const from = this.#postings + postingsAt;
    const reader = new ByteReader(this.#bytes, from, from + postingsLength);
    const slots: number[][] = [];
    // A document stands in one slot of a key.
    let idsMax = this.#documents;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if ((mask & (1 << slot)) === 0) continue;
      const ids = this.#ids(reader, idsMax);
      slots[slot] = ids;
      idsMax -= ids.length;
    }
    if (reader.at !== reader.end) throw invalidIndex("postings have another length than the dictionary says");
    return slots;
  }

  #ids(reader: ByteReader, max: number): number[] {
    const count = reader.varint();
    if (count === 0 || count > max || count > reader.end - reader.at)
      throw invalidIndex("postings have no such number of ids");
    const ids: number[] = [];
    let id = 0;
    for (let i = 0; i < count; i++) {
      const difference = reader.varint();
      if (i > 0 && difference === 0) throw invalidIndex("postings name an id twice");
      id += difference;
      if (id >= this.#documents) throw invalidIndex("postings name a document that is not there");
      ids.push(id);
    }
    return ids;
  }
}

function textOf(key: Uint8Array): string {
  const text = decodeUtf8(key);
  if (text === undefined) throw invalidIndex("a key is not UTF-8");
  return text;
}

/** Where the ids of an entry stand, and in which slots they are. */
interface PostingsPlace {
  readonly mask: number;
  readonly postingsAt: number;
  readonly postingsLength: number;
}

/**
 * Walks the entries of a dictionary from a restart on, checking that keys ascend and that their postings stand
 * between those of the restart and those of the next.
 */
class Cursor {
  readonly #reader: ByteReader;
  /** Where the dictionary begins in the shard. */
  readonly #dictionary: number;
  readonly #keys: number;
  readonly #first: number;
  #position: number;
  /** The key the cursor stands on is the first `keyLength` bytes. */
  readonly buffer = new Uint8Array(KEY_BYTES_MAX);
  keyLength = 0;
  mask = 0;
  postingsAt = 0;
  postingsLength = 0;
  #postingsEnd = 0;

  /** `reader` stands where the key at position `first` begins, which is a restart, and ends with the dictionary. */
  constructor(reader: ByteReader, dictionary: number, first: number, keys: number) {
    this.#reader = reader;
    this.#dictionary = dictionary;
    this.#first = first;
    this.#position = first;
    this.#keys = keys;
  }

  /** The key the cursor stands on; valid until `next`. */
  key(): Uint8Array {
    return this.buffer.subarray(0, this.keyLength);
  }

  startsWith(prefix: Uint8Array): boolean {
    if (this.keyLength < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (this.buffer[i] !== prefix[i]) return false;
    return true;
  }

  next(): boolean {
    if (this.#position >= this.#keys) return false;
    const reader = this.#reader;
    const restart = this.#position % RESTART_KEYS === 0;
    this.postingsAt += this.postingsLength;
    if (restart) this.#enterRestart();
    const shared = reader.varint();
    const added = reader.varint();
    if (added === 0 || shared > this.keyLength || shared + added > KEY_BYTES_MAX || (restart && shared > 0)) {
      throw invalidIndex("a key is written as no writer writes it");
    }
    const from = reader.skip(added);
    if (this.#position > this.#first && !this.#ascends(shared, from, added))
      throw invalidIndex("keys do not ascend");
    for (let i = 0; i < added; i++) this.buffer[shared + i] = reader.bytes[from + i] as number;
    this.keyLength = shared + added;
    this.mask = reader.u8();
    if (this.mask === 0) throw invalidIndex("a key has no slot");
    this.postingsLength = reader.varint();
    if (this.postingsAt + this.postingsLength > this.#postingsEnd)
      throw invalidIndex("the postings of a key reach into those of another");
    this.#position++;
    return true;
  }

  /** The restart that the cursor has come to is where the entries before it end. */
  #enterRestart(): void {
    const { bytes, at, end } = this.#reader;
    const restart = SHARD_HEADER_BYTES + (this.#position / RESTART_KEYS) * RESTART_BYTES;
    const postingsAt = u32At(bytes, restart + 4);
    if (this.#position > this.#first) {
      if (at - this.#dictionary !== u32At(bytes, restart) || this.postingsAt !== postingsAt)
        throw invalidIndex("a restart is not where the entries before it end");
    }
    const next = restart + RESTART_BYTES;
    this.postingsAt = postingsAt;
    this.#postingsEnd = next < this.#dictionary ? u32At(bytes, next + 4) : bytes.length - end;
  }

  /** Whether the key made of `shared` bytes of the last one and `added` bytes at `from` comes after it. */
  #ascends(shared: number, from: number, added: number): boolean {
    if (this.#position % RESTART_KEYS === 0) {
      return compareBytes(this.key(), this.#reader.bytes.subarray(from, from + added)) < 0;
    }
    return (
      shared === this.keyLength || (this.buffer[shared] as number) < (this.#reader.bytes[from] as number)
    );
  }
}
