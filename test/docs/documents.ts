/** The documents as tests read them: their text, and the code blocks they mark for being run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function document(name: string): string {
  return readFileSync(join("docs", name), "utf8");
}

/**
 * The shell script behind `<!-- by-hand: <mark> -->` in a document, exactly as it stands there. Throws
 * where there is not exactly one.
 */
export function scriptOf(name: string, mark: string): string {
  const block = new RegExp(`^<!-- by-hand: ${mark} -->\\n\`\`\`sh\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  const [found, ...more] = [...document(name).matchAll(block)];
  if (found?.[1] === undefined || more.length > 0)
    throw new Error(`docs/${name} has not exactly one script marked "${mark}"`);
  return found[1];
}
