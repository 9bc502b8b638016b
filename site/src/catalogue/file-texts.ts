/** Files of a release as a page shows them: their text where they are text and small, else why not. */
import { decodeUtf8 } from "../../../src/base/bytes.ts";
import { compareText } from "../../../src/base/order.ts";
import { shown } from "./shown.ts";

/** Bytes of a file that is shown, and of all files that one page shows. */
export const FILE_SHOWN_BYTES_MAX = 32_768;
export const PAGE_SHOWN_BYTES_MAX = 262_144;

export type FileText =
  | { readonly shown: true; readonly text: string }
  | { readonly shown: false; readonly why: "empty" | "binary" | "large" | "page-full" };

/** By path. Small files come first into what a page has room for, so that a large one crowds none of them out. */
export function fileTexts(content: ReadonlyMap<string, Uint8Array>): Map<string, FileText> {
  const found = new Map<string, FileText>();
  let room = PAGE_SHOWN_BYTES_MAX;
  const files = [...content].sort(([a, x], [b, y]) => x.length - y.length || compareText(a, b));
  for (const [path, bytes] of files) {
    const text = fileText(bytes, room);
    if (text.shown) room -= bytes.length;
    found.set(path, text);
  }
  return found;
}

function fileText(bytes: Uint8Array, room: number): FileText {
  if (bytes.length === 0) return { shown: false, why: "empty" };
  const text = bytes.includes(0) ? undefined : decodeUtf8(bytes);
  if (text === undefined) return { shown: false, why: "binary" };
  if (bytes.length > FILE_SHOWN_BYTES_MAX) return { shown: false, why: "large" };
  return bytes.length > room ? { shown: false, why: "page-full" } : { shown: true, text: shown(text) };
}
