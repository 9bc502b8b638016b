/** What a benchmark is called with, checked before anything is measured: the first fault ends it with exit code 2. */
import { readFileSync, statSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { LAYOUT, type Layout } from "../../src/search/layout.ts";
import { readCorpus } from "./corpus.ts";

/** The least that each number of a layout may be. */
const LAYOUT_MIN: Layout = {
  bundleBytesMax: 0,
  shardBytesMin: 1,
  shardBytesMax: 1,
  blockRows: 1,
  listedBlocks: 0,
  pageBlocks: 1,
};

/** Its message names the option, what it takes and what it got. */
export class ArgumentFault extends Error {}

/** Gives what `read` makes of this call's options. A fault in them is told in one line, and ends the process. */
export function argumentsOf<const T extends ParseArgsConfig, V>(
  config: T,
  read: (values: ReturnType<typeof parseArgs<T>>["values"]) => V,
): V {
  try {
    if (process.argv.includes("--help")) tellUsage();
    return read(parseArgs(config).values);
  } catch (error) {
    const what = error instanceof ArgumentFault ? error.message : faultOfWords(error, config);
    if (what === undefined) throw error;
    console.error(`error: ${what}`);
    process.exit(2);
  }
}

/** The script's own first comment says how it is called. */
function tellUsage(): never {
  const [, comment = ""] = /\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(process.argv[1] ?? "", "utf8")) ?? [];
  console.log(comment.replace(/^ \* ?/gm, ""));
  process.exit(0);
}

/** What parseArgs says, its first sentence: those after it are about other calls than ours. */
function faultOfWords(error: unknown, { options = {} }: ParseArgsConfig): string | undefined {
  if (!(error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_")))
    return undefined;
  const names = Object.keys(options).map((name) => `--${name}`);
  return `${error.message.split(/\. |\.?\n/)[0]}; the options are ${names.join(" ")}, each with a value`;
}

export function wholeNumber(
  option: string,
  text: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  throw new ArgumentFault(`${option} takes a whole number, ${range}, got ${JSON.stringify(text)}`);
}

/** Some of `known`, in that order, of a text that has commas between them. */
export function someOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const names = text.split(",");
  const unknown = names.find((name) => !known.includes(name as T));
  if (unknown === undefined) return known.filter((name) => names.includes(name));
  throw new ArgumentFault(`${option} takes some of ${known.join(",")}, got ${JSON.stringify(unknown)}`);
}

/** A file that readCorpus reads, and more than once: a pipe gives its lines but one time. */
export function corpusFile(option: string, file: string | undefined): string {
  const takes = `${option} takes a file of tab-separated lines: name, version, downloads_a_month, summary`;
  if (file === undefined) throw new ArgumentFault(takes);
  let fault: string | undefined;
  try {
    if (!statSync(file).isFile()) fault = `${JSON.stringify(file)} is no file`;
    else if (readCorpus(file).length === 0) fault = `${JSON.stringify(file)} has no package`;
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  if (fault !== undefined) throw new ArgumentFault(`${takes}; ${fault}`);
  return file;
}

/** The layout of our index, as JSON: what the text does not name is as it is shipped. */
export function layoutOf(option: string, text: string): string {
  const given = jsonOf(text);
  const names = Object.keys(LAYOUT_MIN) as (keyof Layout)[];
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new ArgumentFault(
      `${option} takes a JSON object of ${names.join(", ")}, got ${JSON.stringify(text)}`,
    );
  for (const [name, value] of Object.entries(given)) {
    const known = names.find((each) => each === name);
    if (known === undefined)
      throw new ArgumentFault(`${option} knows ${names.join(", ")}, got ${JSON.stringify(name)}`);
    wholeNumber(`${option}: ${name}`, JSON.stringify(value), LAYOUT_MIN[known]);
  }
  return JSON.stringify({ ...LAYOUT, ...given });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no object either: the caller says so.
    return undefined;
  }
}
