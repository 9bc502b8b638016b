/** What the peers that answer in a process of Node have in common. `fairness.ts` says what they are given. */
import type { Package } from "./corpus.ts";
import type { Row } from "./engine.ts";
import { joined, prior, spaced } from "./fairness.ts";
import { DEPTH } from "./metrics.ts";

/** Results of a peer that the prior puts in order. */
export const CANDIDATES = 1000;
/** What a match in a field is worth: chosen as the prior is. */
export const FIELD_BOOST = { joined: 10, name: 1.5, summary: 1 };

export interface PeerDocument {
  /** Position by downloads. */
  readonly id: number;
  /** Its parts as words. */
  readonly name: string;
  readonly joined: string;
  readonly summary: string;
}

export function peerDocument({ name, summary }: Package, id: number): PeerDocument {
  return { id, name: spaced(name), joined: joined(name), summary };
}

/** Scores by id, those of several searches added up. */
export class Scores {
  readonly #byId = new Map<number, number>();

  add(id: number, score: number): void {
    this.#byId.set(id, (this.#byId.get(id) ?? 0) + score);
  }

  /** Names of the ten best, with the prior. */
  best(query: string, rows: readonly Row[]): string[] {
    const ranked = [...this.#byId].map(([id, score]) => {
      const [name = "", , , downloads = 0] = rows[id] ?? [];
      return { id, name, score: name === query ? Infinity : score * prior(downloads) };
    });
    ranked.sort((a, b) => b.score - a.score || a.id - b.id);
    return ranked.slice(0, DEPTH).map(({ name }) => name);
  }
}
