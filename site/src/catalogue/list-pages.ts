/** The whole list of packages in pages: home is the first, `list/2/` and on the others. */

/** Packages on a page: about 20 kB of transfer. */
export const LIST_PAGE = 300;

export interface ListPage {
  /** Counted from 1. */
  readonly page: number;
  readonly first: string;
  readonly last: string;
}

export function listPages(names: readonly string[]): ListPage[] {
  return Array.from({ length: Math.ceil(names.length / LIST_PAGE) }, (_, i) => ({
    page: i + 1,
    first: names[i * LIST_PAGE] ?? "",
    last: names[Math.min(names.length, (i + 1) * LIST_PAGE) - 1] ?? "",
  }));
}
