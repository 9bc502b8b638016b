/** Content of a release for tests: described without a signature, problems and all. */

import { utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/base/digest.ts";
import { type Problem, problemsOf, type Result } from "../../src/base/problem.ts";
import type { ReleaseContent } from "../../src/content/content.ts";
import { type ContentSource, describeFiles } from "../../src/content/describe.ts";

export const FILES_IRI = "https://registry.example/packages/x/1.0.0/content/";

export type Texts = Readonly<Record<string, string | Uint8Array>>;

export function filesOf(texts: Texts): Map<string, Uint8Array> {
  return new Map(
    Object.entries(texts).map(([path, text]) => [path, typeof text === "string" ? utf8(text) : text]),
  );
}

export function describeTexts(texts: Texts, options: Partial<ContentSource> = {}): Result<ReleaseContent> {
  const files = filesOf(texts);
  const digestOf = (path: string) => sha256(files.get(path) ?? new Uint8Array());
  return describeFiles({ files, digestOf, filesIri: FILES_IRI, ...options });
}

/** The content, which must have no error. */
export function contentOf(texts: Texts, options: Partial<ContentSource> = {}): ReleaseContent {
  const result = describeTexts(texts, options);
  if (!result.ok) throw new Error(`has errors: ${JSON.stringify(result.problems)}`);
  return result.value;
}

export function problemsIn(texts: Texts, options: Partial<ContentSource> = {}): readonly Problem[] {
  return problemsOf(describeTexts(texts, options));
}

/** "severity CODE file:line" of every problem: what the tests of bad input compare. */
export function marks(texts: Texts, options: Partial<ContentSource> = {}): string[] {
  return problemsIn(texts, options).map(
    ({ severity, code, file, line }) => `${severity} ${code} ${file}${line === undefined ? "" : `:${line}`}`,
  );
}
