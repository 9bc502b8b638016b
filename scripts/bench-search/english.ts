/** Regular English forms of a word: plural, -ing, -ed. Written apart from the search, which it is there to test. */

/** Shorter words are not put into another form. */
const LENGTH_MIN = 4;
const BASE_LENGTH_MIN = 3;

/**
 * The other regular forms of `word`, of those that `used` counts at least one document for: a form
 * that nobody writes is no test. None where its base is not to be told.
 */
export function otherForms(word: string, used: (form: string) => number): string[] {
  if (word.length < LENGTH_MIN || !/^[a-z]+$/.test(word)) return [];
  const shorter = bases(word).filter((base) => used(base) > 0);
  const base = shorter.sort((a, b) => used(b) - used(a))[0] ?? word;
  return [base, ...forms(base)].filter((form) => form !== word && used(form) > 0);
}

/** Plural or third person, -ing and -ed of `base`. */
export function forms(base: string): string[] {
  if (/[^aeiou]y$/.test(base)) return [`${base.slice(0, -1)}ies`, `${base}ing`, `${base.slice(0, -1)}ied`];
  const plural = /(?:s|x|z|ch|sh)$/.test(base) ? `${base}es` : `${base}s`;
  if (/[^eoy]e$/.test(base)) return [plural, `${base.slice(0, -1)}ing`, `${base}d`];
  const stem = /^[^aeiou]*[aeiou][bdgmnprt]$/.test(base) ? base + base.slice(-1) : base;
  return [plural, `${stem}ing`, `${stem}ed`];
}

/** Words whose regular form `word` is. */
function bases(word: string): string[] {
  const cut = (length: number, more = "") => word.slice(0, -length) + more;
  const candidates: string[] = [];
  if (word.endsWith("s")) candidates.push(cut(1), cut(2), cut(3, "y"));
  if (word.endsWith("ing")) candidates.push(cut(3), cut(3, "e"), cut(4));
  if (word.endsWith("ed")) candidates.push(cut(2), cut(1), cut(3), cut(3, "y"));
  return candidates.filter(
    (base) => base.length >= BASE_LENGTH_MIN && /[aeiouy]/.test(base) && forms(base).includes(word),
  );
}
