/**
 * One way to write a call, for the ways that people know: `ggen marketplace <verb>` took options with hyphens,
 * its library and its JSON have underscores, and every argument had a name.
 *
 *     marketplace list --min_maturity beta      list --min-maturity beta
 *     maturity_batch --format=json              dashboard --format=json
 *     maturity --package_id owl-to-sql          maturity owl-to-sql       (parse.ts puts it in its place)
 *
 * Only words that name something are changed, never a value: what stands behind a bare `--` stays as it is.
 */

const PROGRAM_WORD = "marketplace";

/** Other names of commands. */
const COMMANDS: ReadonlyMap<string, string> = new Map([["maturity-batch", "dashboard"]]);

/** Other names of options and of places. */
const OPTIONS: ReadonlyMap<string, string> = new Map([
  ["--package-id", "--package"],
  ["--packages-dir", "--dir"],
]);

/** The words of a call that are no options, in our spelling: `marketplace` may come first, and `_` stands for `-`. */
export function spelledWords(words: readonly string[]): string[] {
  const [first, ...rest] = words[0] === PROGRAM_WORD ? words.slice(1) : words;
  if (first === undefined) return [];
  const name = hyphened(first);
  return [COMMANDS.get(name) ?? name, ...rest];
}

/** `--require_level` → `--require-level`; without its value. */
export function spelledOption(word: string): string {
  const name = word.startsWith("--") ? hyphened(word) : word;
  return OPTIONS.get(name) ?? name;
}

export function hyphened(word: string): string {
  return word.replaceAll("_", "-");
}

/** Whether the words ask for JSON, however they do: known before they are judged, so that what is wrong with them comes as JSON too. */
export function asksForJson(words: readonly string[]): boolean {
  const options = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  return options.some(
    (word, at) =>
      word === "--json" || word === "--format=json" || (word === "--format" && options[at + 1] === "json"),
  );
}
