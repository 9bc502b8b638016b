/**
 * Other regular English forms of a word: validate, validates, validated, validating.
 *
 * The index has words as they were written; a query asks for the forms too. They begin alike, so that they
 * stand beside the word in its shard and cost no request. No stemmer: `generator` and `general` have one stem,
 * and on names that does more harm than good. What is no word is in no index: a wrong form costs nothing.
 */

/** Shorter words are mostly names and abbreviations: `js`, `bed`, `ring`. */
const LENGTH_MIN = 3;
const VERB_LENGTH_MIN = 4;
const FORMS_MAX = 8;

/** At most eight, without `word` itself. */
export function inflections(word: string): string[] {
  if (word.length < LENGTH_MIN || !/^[a-z]+$/.test(word)) return [];
  const forms = new Set(numbersOf(word));
  for (const base of basesOf(word)) {
    forms.add(base);
    for (const form of verbFormsOf(base)) forms.add(form);
  }
  forms.delete(word);
  return [...forms].slice(0, FORMS_MAX);
}

/** The plural of a singular, or the singular of a plural. */
function numbersOf(word: string): string[] {
  if (word.endsWith("ies")) return [`${word.slice(0, -3)}y`];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return [word.slice(0, -2), word.slice(0, -1)];
  if (word.endsWith("s")) return /[su]s$/.test(word) ? [`${word}es`] : [word.slice(0, -1)];
  if (/[^aeiou]y$/.test(word)) return [`${word.slice(0, -1)}ies`];
  return [/(?:x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`];
}

/** What `word` may be the -ing or -ed form of; the word itself where it may be a verb. */
function basesOf(word: string): string[] {
  const stem = /^(.*[aeiouy].*)(?:ing|ed)$/.exec(word)?.[1];
  if (stem === undefined) return word.length < VERB_LENGTH_MIN || word.endsWith("s") ? [] : [word];
  if (stem.length < LENGTH_MIN - 1) return [];
  if (/([bdfgklmnprtvz])\1$/.test(stem)) return [stem.slice(0, -1), stem];
  return word.endsWith("ied") ? [`${stem.slice(0, -1)}y`] : [stem, `${stem}e`];
}

function verbFormsOf(base: string): string[] {
  if (base.endsWith("e")) return [`${base.slice(0, -1)}ing`, `${base}d`, `${base}s`];
  if (/[^aeiou]y$/.test(base)) return [`${base}ing`, `${base.slice(0, -1)}ied`, `${base.slice(0, -1)}ies`];
  // One vowel before the last consonant: it is doubled where the stress is on it (`map`), or not (`render`).
  const doubled = /[^aeiou][aeiou][bdgklmnprtz]$/.test(base) ? `${base}${base.at(-1)}` : undefined;
  const plain = [`${base}ing`, `${base}ed`];
  return doubled === undefined ? plain : [`${doubled}ing`, `${doubled}ed`, ...plain];
}
