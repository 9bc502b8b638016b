/**
 * What strangers wrote, made safe to show on a terminal: control characters, bidirectional
 * overrides and characters that nobody sees become visible escapes, so that nothing can hide, reorder
 * or recolour what is on the screen. Line feed and tab stay where `keepLines` is set. Emoji lose their
 * variation selectors by it: the same characters carry whole hidden texts.
 */

/**
 * Characters nobody sees, or that reorder what is seen, as the inside of a character class (flag u): C1
 * controls, all of Unicode's default-ignorable code points (soft hyphen, joiners, fillers, marks of
 * direction, variation selectors, tags), line separators, interlinear marks, non-characters. An explicit
 * list, because the engines' own classes grow with each Unicode version and a verdict must not. Lone
 * surrogates, which are no characters, stand apart.
 */
export const UNSEEN_BEYOND_ASCII = [
  "\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f",
  "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0",
  "\\ufff0-\\ufffb\\ufffe\\uffff\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}",
  ...Array.from({ length: 16 }, (_, at) => {
    const plane = (at + 1).toString(16);
    return `\\u{${plane}fffe}\\u{${plane}ffff}`;
  }),
].join("");

const UNSEEN = new RegExp(`[\\u0000-\\u001f\\ud800-\\udfff${UNSEEN_BEYOND_ASCII}]`, "gu");
const UNSEEN_IN_JSON = new RegExp(`[\\ud800-\\udfff${UNSEEN_BEYOND_ASCII}]`, "gu");

export function visible(text: string, options: { keepLines?: boolean } = {}): string {
  return text.replace(UNSEEN, (char) => {
    if (options.keepLines && (char === "\n" || char === "\t")) return char;
    const code = char.codePointAt(0) as number;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same characters of a JSON text as \\u escapes: the value stays what it was. */
export function visibleJson(json: string): string {
  return json.replace(UNSEEN_IN_JSON, (char) =>
    Array.from(
      { length: char.length },
      (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
