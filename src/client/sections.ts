/** Sections of the index as a client reads them: the manifest once, a page or part when a name in it is asked for. */
import { concat, decodeUtf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { jsonExtent } from "../base/json-extent.ts";
import { packPath, pagePath, type Ref, recordsPath, sectionPath } from "../snapshot/layout.ts";
import {
  PACK_BYTES_MAX,
  PAGE_BITS,
  PAGE_BYTES_MAX,
  PART_DEPTH_MAX,
  PART_RAW_BYTES_MAX,
  PART_VALUES_MAX,
  type Page,
  type PageRef,
  type PartRef,
  partOf,
  SECTION_MANIFEST_BYTES_MAX,
  type SectionManifest,
} from "../snapshot/section.ts";
import type { Kept } from "./cache.ts";
import { howToMend, type Reader } from "./reader.ts";
import { isPage, isSectionManifest, type RecordForm } from "./record-shapes.ts";
import { type ReadPorts, readUnpacked, readVerified } from "./verified-read.ts";

/** What a reader says of a pack that is not there: a mirror may have left it out, and the network may be gone. */
const PACK_MISSED = new Set(["NOT_FOUND", "OFFLINE_MISSING"]);

/** What a client holds of one section, unpacked: a hostile index could fill memory name by name. */
const KEPT_MAX = { bytes: 96 * 1024 * 1024, values: 2 * PART_VALUES_MAX };

/** Parts asked for at once: a far server is kept busy, and not overrun. */
const PARTS_AT_ONCE_MAX = 8;

/**
 * What becomes of a section's pack where everything is read: who has hardly anything takes it, one request instead
 * of hundreds; who has most of its files asks for the others alone, and may make it of them.
 */
export type Packs = "take" | "make" | "ignore";

export class Section<R> {
  readonly #ref: Ref;
  readonly #ports: ReadPorts;
  readonly #form: RecordForm<R>;
  readonly #records: Kept<R | null> | undefined;
  #manifest: Promise<SectionManifest> | undefined;
  readonly #pages = new Map<Digest, Promise<Page>>();
  readonly #parts = new Map<Digest, Promise<readonly unknown[]>>();
  readonly #held = { bytes: 0, values: 0 };

  /** `kept` keeps records by name, `null` for one that there is not; without it, every part that was read stays in memory. */
  constructor(ref: Ref, ports: ReadPorts, form: RecordForm<R>, kept?: Kept<R | null>) {
    this.#ref = ref;
    this.#ports = ports;
    this.#form = form;
    this.#records = kept;
  }

  async find(name: string): Promise<R | undefined> {
    const record = await (this.#records?.through(name, () => this.#find(name)) ?? this.#find(name));
    return record ?? undefined;
  }

  async #find(name: string): Promise<R | null> {
    const { bits } = await this.#readManifest();
    const part = await this.#partAt(partOf(name, bits, this.#ports.hash));
    if (part === null) return null;
    const value = (await this.#values(part)).find((candidate) => this.#form.nameIn(candidate) === name);
    return value === undefined ? null : this.#accepted(value, part);
  }

  /** Every record, by part and within a part by name. `onFile` is told the length of each file, packed. */
  async all(onFile: (length: number) => void = () => {}, packs: Packs = "ignore"): Promise<R[]> {
    const manifest = await this.#readManifest();
    const { pack } = manifest;
    if (packs === "take" && pack !== undefined) await this.#takePack(pack, manifest);
    onFile(this.#ref.length);
    for (const page of "pages" in manifest ? manifest.pages : []) if (page !== null) onFile(page[1]);
    const indexes = Array.from({ length: 2 ** manifest.bits }, (_, index) => index);
    const parts = await mapInOrder(indexes, PARTS_AT_ONCE_MAX, async (index) => {
      const part = await this.#partAt(index);
      if (part === null) return [];
      // Not kept: who reads everything once would hold all of it.
      const values = this.#partValues(await this.#partBytes(part), part);
      onFile(part[1]);
      return values.map((value) => this.#accepted(value, part));
    });
    if (packs === "make" && pack !== undefined) await this.#makePack(pack, manifest);
    return parts.flat();
  }

  /** Leaves the section's files with the reader, each by its own name, out of one that has them all. */
  async #takePack([sha256, length]: PageRef, manifest: SectionManifest): Promise<void> {
    const { reader, hash } = this.#ports;
    const path = packPath(sha256);
    const pack = await this.#readPack(path, { sha256, length });
    if (pack === undefined) return;
    let at = 0;
    for await (const [file, ref] of this.#packed(manifest)) {
      const bytes = pack.subarray(at, at + ref.length);
      at += ref.length;
      if (bytes.length !== ref.length || hash(bytes) !== ref.sha256)
        throw new RegistryError(
          "DIGEST_MISMATCH",
          `"${path}" of ${reader.location} is not made of the files that its section lists`,
          howToMend(reader.location),
        );
      reader.keep?.(file, bytes);
    }
  }

  /** `undefined` where there is none: a mirror may lack it, and has its files all the same. */
  async #readPack(path: string, ref: Ref): Promise<Uint8Array | undefined> {
    const { reader, hash } = this.#ports;
    const passing: Reader = {
      location: reader.location,
      read: (file, options) => reader.read(file, { ...options, passing: true }),
    };
    try {
      return await readVerified(passing, path, ref, hash, PACK_BYTES_MAX);
    } catch (error) {
      if (error instanceof RegistryError && PACK_MISSED.has(error.code)) return undefined;
      throw error;
    }
  }

  /** Gives the reader the pack that the files it has make: a mirror is then one from which packs can be taken. */
  async #makePack([sha256, length]: PageRef, manifest: SectionManifest): Promise<void> {
    const { reader, hash } = this.#ports;
    if (reader.keep === undefined || length > PACK_BYTES_MAX) return;
    const files: Uint8Array[] = [];
    let left = length;
    for await (const [file, ref] of this.#packed(manifest)) {
      left -= ref.length;
      // More than the pack is said to hold: it is none of ours to make, and no reason to fill memory.
      if (left < 0) return;
      files.push(await readVerified(reader, file, ref, hash, PACK_BYTES_MAX));
    }
    const pack = concat(...files);
    // A section whose pack is another one is the registry's own fault, and no reason to lack a copy of it.
    if (pack.length === length && hash(pack) === sha256) reader.keep(packPath(sha256), pack);
  }

  /** The files that a pack is made of, in its order. */
  async *#packed(manifest: SectionManifest): AsyncGenerator<readonly [path: string, ref: Ref]> {
    for (const page of "pages" in manifest ? manifest.pages : [])
      if (page !== null) yield [pagePath(page[0]), { sha256: page[0], length: page[1] }];
    for (let index = 0; index < 2 ** manifest.bits; index++) {
      const part = await this.#partAt(index);
      if (part !== null) yield [recordsPath(part[0]), { sha256: part[0], length: part[1] }];
    }
  }

  #readManifest(): Promise<SectionManifest> {
    this.#manifest ??= this.#fetchManifest().catch((error) => {
      // Asked for again by whoever comes next.
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  async #fetchManifest(): Promise<SectionManifest> {
    const path = sectionPath(this.#ref.sha256);
    const { reader, hash } = this.#ports;
    const value = parseJson(await readVerified(reader, path, this.#ref, hash, SECTION_MANIFEST_BYTES_MAX));
    if (isSectionManifest(value)) return value;
    throw this.#unreadable(path);
  }

  async #partAt(index: number): Promise<PartRef | null> {
    const manifest = await this.#readManifest();
    if ("parts" in manifest) return manifest.parts[index] ?? null;
    const page = await this.#page(manifest.pages[index >>> PAGE_BITS] ?? null);
    return page[index & (2 ** PAGE_BITS - 1)] ?? null;
  }

  async #page(ref: PageRef | null): Promise<Page> {
    if (ref === null) return [];
    const [sha256, length] = ref;
    return once(this.#pages, sha256, async () => {
      const path = pagePath(sha256);
      const packed = { sha256, length, rawLength: PAGE_BYTES_MAX };
      const value = parseJson(await readUnpacked(path, packed, this.#ports));
      if (isPage(value)) return value;
      throw this.#unreadable(path);
    });
  }

  #accepted(value: unknown, [sha256]: PartRef): R {
    if (this.#form.accepts(value)) return value;
    throw this.#unreadable(recordsPath(sha256));
  }

  #values(part: PartRef): Promise<readonly unknown[]> {
    const read = () => this.#partBytes(part);
    if (this.#records !== undefined) return read().then((bytes) => this.#partValues(bytes, part));
    return once(this.#parts, part[0], async () => {
      const bytes = await read();
      // Kept, for a name is often followed by others of its part.
      this.#held.bytes += bytes.length;
      this.#held.values += jsonExtent(bytes).values;
      if (this.#held.bytes <= KEPT_MAX.bytes && this.#held.values <= KEPT_MAX.values)
        return this.#partValues(bytes, part);
      throw new RegistryError(
        "TOO_LARGE",
        `The records that were asked for, with "${recordsPath(part[0])}" of ${this.#ports.reader.location}, are more than a client holds`,
        "ask for fewer packages at once; where it was one, its index is not to be trusted",
      );
    });
  }

  async #partBytes([sha256, length, rawLength]: PartRef): Promise<Uint8Array> {
    const path = recordsPath(sha256);
    if (rawLength > PART_RAW_BYTES_MAX) throw this.#unreadable(path);
    return readUnpacked(path, { sha256, length, rawLength }, this.#ports);
  }

  #partValues(bytes: Uint8Array, [sha256]: PartRef): readonly unknown[] {
    const path = recordsPath(sha256);
    const extent = jsonExtent(bytes);
    if (extent.values > PART_VALUES_MAX || extent.depth > PART_DEPTH_MAX) throw this.#unreadable(path);
    const values = parseJson(bytes);
    if (Array.isArray(values)) return values;
    throw this.#unreadable(path);
  }

  #unreadable(path: string): RegistryError {
    return new RegistryError(
      "UNREADABLE_INDEX",
      `"${path}" of ${this.#ports.reader.location} has a form that this program does not know`,
      "update ggen-marketplace; if that does not help, tell the registry's operator",
    );
  }
}

/** What was made for `key`, once; after a failure, again. */
function once<V>(known: Map<Digest, Promise<V>>, key: Digest, make: () => Promise<V>): Promise<V> {
  const there = known.get(key);
  if (there !== undefined) return there;
  const made = make().catch((error) => {
    known.delete(key);
    throw error;
  });
  known.set(key, made);
  return made;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // The caller refuses what has not the form of a section, and says where it stands.
    return undefined;
  }
}
