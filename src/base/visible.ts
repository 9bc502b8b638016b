/**
 * What strangers wrote, made safe to show on a terminal: control characters, bidirectional
 * overrides and zero-width characters become visible escapes, so that nothing can hide, reorder
 * or recolour what is on the screen. Line feed and tab stay where `keepLines` is set.
 */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

export function visible(text: string, options: { keepLines?: boolean } = {}): string {
  return text.replace(UNSEEN, (char) => {
    if (options.keepLines && (char === "\n" || char === "\t")) return char;
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same characters of a JSON text as \\u escapes: the value stays what it was. */
export function visibleJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
