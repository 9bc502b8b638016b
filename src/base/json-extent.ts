/**
 * How much a JSON text would make, counted before it is parsed: three bytes of text may become sixty of memory.
 */

export interface JsonExtent {
  /** Values in lists and members of objects, or more. */
  readonly values: number;
  /** Lists and objects inside each other. */
  readonly depth: number;
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Of what is no JSON, any numbers. One pass, no memory. */
export function jsonExtent(bytes: Uint8Array): JsonExtent {
  let [values, level, depth, quoted] = [1, 0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === COMMA) values++;
    else if (byte === LIST || byte === OBJECT) {
      values++;
      level++;
      if (level > depth) depth = level;
    } else if (byte === LIST_END || byte === OBJECT_END) level--;
  }
  return { values, depth };
}
