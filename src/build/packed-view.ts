/**
 * A release's view as it goes from thread to thread and lies in the cache: JSON in UTF-8. Who only hands
 * it on never reads it. What was packed is what an earlier step of this program made, and is not checked.
 */
import { utf8 } from "../base/bytes.ts";
import type { ReleaseView } from "../content/view.ts";

declare const packed: unique symbol;
export type PackedView = Uint8Array & { readonly [packed]: true };

const decoder = new TextDecoder();

export function packView(view: ReleaseView): PackedView {
  return utf8(JSON.stringify(view)) as PackedView;
}

export function unpackView(view: PackedView): ReleaseView {
  return JSON.parse(decoder.decode(view)) as ReleaseView;
}
