/** Hints and remedies go on from the message before them: they begin in lower case, in every file of src/. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** A word in capitals, a name or a code: `SHA256`, `LicenseRef-`. */
const NO_SENTENCE = /^(?:[A-Z0-9]{2,}|[A-Z][a-z]+[A-Z])/;

/** The arguments of the call whose bracket opens at `at`, as they are written. */
function argumentsAt(source: string, at: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let quote = "";
  let argument = "";
  for (let i = at; i < source.length; i++) {
    const character = source[i] ?? "";
    if (quote !== "") {
      if (character === quote && source[i - 1] !== "\\") quote = "";
    } else if (`"'\``.includes(character)) quote = character;
    else if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    if (quote === "" && depth === 0) return [...found, argument.slice(1).trim()];
    if (quote === "" && depth === 1 && character === ",") {
      found.push(argument.slice(1).trim());
      argument = ",";
    } else argument += character;
  }
  return found;
}

/** Every text that a hint or remedy is or may be, by file. */
function hintsOf(file: string): string[] {
  const source = readFileSync(join("src", file), "utf8");
  const errors = [...source.matchAll(/new RegistryError\(/g)].map(
    ({ index, 0: call }) => argumentsAt(source, index + call.length - 1)[2] ?? "",
  );
  const remedies = [...source.matchAll(/\bremedy:\s*([^\n]*(?:\n\s+[?:][^\n]*)*)/g)].map(
    ([, text = ""]) => text,
  );
  return [...errors, ...remedies].flatMap((written) =>
    [...written.matchAll(/(?:^|[?:]\s)["`]([^"`]+)/g)].map(([, text = ""]) => `${file}: ${text}`),
  );
}

test("every hint and remedy begins in lower case", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const hints = files.flatMap(hintsOf);
  expect(hints.length).toBeGreaterThan(150);
  const capital = hints.filter((hint) => {
    const text = hint.slice(hint.indexOf(": ") + 2);
    return /^[A-Z]/.test(text) && !NO_SENTENCE.test(text);
  });
  expect(capital).toEqual([]);
});
