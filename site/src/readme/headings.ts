/**
 * Headings of a README inside a page that has its own: levels moved below the page's, without
 * gaps, and ids that cannot collide with the page's.
 */
export interface PlacedHeading {
  readonly level: number;
  readonly id: string;
}

/** README headings begin at this level: h1 is the package's name, h2 the sections'. */
const FIRST_LEVEL = 3;
const ID_CHARACTERS_MAX = 64;

/** Places headings in the order they come. */
export class HeadingPlacer {
  readonly #open: number[] = [];
  readonly #taken = new Map<string, number>();

  place(depth: number, text: string): PlacedHeading {
    while (this.#open.length > 0 && (this.#open.at(-1) ?? 0) >= depth) this.#open.pop();
    this.#open.push(depth);
    return { level: Math.min(6, FIRST_LEVEL + this.#open.length - 1), id: this.#id(text) };
  }

  #id(text: string): string {
    const slug = headingSlug(text);
    const count = this.#taken.get(slug) ?? 0;
    this.#taken.set(slug, count + 1);
    return count === 0 ? `readme-${slug}` : `readme-${slug}-${count}`;
  }
}

/** What a link to a heading calls it: lower case, letters and digits of any script, dashes for spaces. */
export function headingSlug(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s+/g, "-")
    .slice(0, ID_CHARACTERS_MAX);
  return slug === "" ? "section" : slug;
}
