/** Which parts of a result the query asked for. */

/** Where words of `query` begin a word of `content`: sorted, without overlaps. */
export function matches(content: string, query: string): { from: number; to: number }[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found: { from: number; to: number }[] = [];
  for (const word of content.matchAll(/[\p{L}\p{N}]+/gu)) {
    const lower = word[0].toLowerCase();
    // Lower-casing may change a text's length (İ); such a word is left unmarked.
    if (lower.length !== word[0].length) continue;
    const length = Math.max(
      0,
      ...words.filter((asked) => lower.startsWith(asked)).map((asked) => asked.length),
    );
    if (length > 0) found.push({ from: word.index, to: word.index + length });
  }
  return found;
}
