/**
 * The pieces of work of a search index, of which an earlier build did most: the same piece of the same
 * program gives the same bytes, so what is kept is taken. One package more changes the runs it is in and
 * a few files, and nothing else is made again.
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { IndexWorkshop } from "../search/index-workshop.ts";
import type { NameRuns, TermsWork } from "../search/invert.ts";
import type { Run } from "../search/run.ts";
import type { BlobRef, Blobs } from "./blobs.ts";
import type { BuildPorts } from "./ports.ts";

type Pieces = readonly Uint8Array[];

export class KeptIndexWork implements IndexWorkshop {
  readonly #workshop: IndexWorkshop;
  readonly #blobs: Blobs;
  readonly #ports: BuildPorts;
  readonly #keys = new Set<string>();

  constructor(workshop: IndexWorkshop, blobs: Blobs, ports: BuildPorts) {
    this.#workshop = workshop;
    this.#blobs = blobs;
    this.#ports = ports;
  }

  /** Under what the pieces that were asked for are kept. */
  get keys(): readonly string[] {
    return [...this.#keys];
  }

  async invertTerms(work: TermsWork): Promise<Run> {
    const make = async () => [await this.#workshop.invertTerms(work)];
    return onlyOne(await this.#made("terms", utf8(JSON.stringify(work)), make));
  }

  async invertNames(names: readonly string[]): Promise<NameRuns> {
    const made = await this.#made("names", utf8(JSON.stringify(names)), async () => {
      const runs = await this.#workshop.invertNames(names);
      return [...runs.names, ...runs.reversed];
    });
    const half = made.length / 2;
    return { names: made.slice(0, half), reversed: made.slice(half) };
  }

  async deflate(bytes: Uint8Array): Promise<Uint8Array> {
    return onlyOne(await this.#made("deflated", bytes, async () => [await this.#workshop.deflate(bytes)]));
  }

  async #made(kind: string, input: Uint8Array, make: () => Promise<Pieces>): Promise<Pieces> {
    const { cache, hash, program } = this.#ports;
    const key = `${kind} ${hash(concat(utf8(`${program}\n`), input))}`;
    this.#keys.add(key);
    const kept = keptWork(key, this.#blobs, this.#ports);
    if (kept !== undefined) return kept.map((ref) => this.#blobs.get(ref));
    const made = await make();
    cache.put(key, utf8(JSON.stringify(made.map((piece) => this.#blobs.put(piece)))));
    return made;
  }
}

/** The pieces kept under `key`, where all of them are; they are kept on then. */
export function keptWork(key: string, blobs: Blobs, { cache }: BuildPorts): readonly BlobRef[] | undefined {
  const bytes = cache.get(key);
  if (bytes === undefined) return undefined;
  const refs = JSON.parse(new TextDecoder().decode(bytes)) as BlobRef[];
  return refs.map((ref) => blobs.has(ref)).every(Boolean) ? refs : undefined;
}

function onlyOne(pieces: Pieces): Uint8Array {
  return pieces[0] as Uint8Array;
}
