/** Whether a README is shown whole at once. */

/** A README as the page shows it. */
export interface Readme {
  readonly html: string;
  /** Longer than about two screens. */
  readonly long: boolean;
}

/** Two screens of the page's text: lines, and characters on one. */
export const LINES_SHOWN_MAX = 70;
const LINE_CHARACTERS = 80;

/** By the Markdown: a line that is too long for the page takes several, and code is no taller than text. */
export function isLong(markdown: string): boolean {
  let lines = 0;
  for (const line of markdown.split("\n")) lines += Math.max(1, Math.ceil(line.length / LINE_CHARACTERS));
  return lines > LINES_SHOWN_MAX;
}
