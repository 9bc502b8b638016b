/**
 * The armor of OpenSSH's files: base64 in lines of 70 characters between a header and a footer.
 *
 *     -----BEGIN SSH SIGNATURE-----
 *     U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg…
 *     -----END SSH SIGNATURE-----
 *
 * Read in this one form only, with LF after every line and nothing before or after: a signature that
 * can be written in two ways is two files with two digests, and text after it is text nobody signed.
 */
import { decodeUtf8, fromBase64, toBase64, utf8 } from "../base/bytes.ts";

const LINE_CHARS = 70;

export type ArmorLabel = "SSH SIGNATURE" | "OPENSSH PRIVATE KEY";

export function writeArmor(label: ArmorLabel, bytes: Uint8Array): Uint8Array {
  const lines = toBase64(bytes).match(new RegExp(`.{1,${LINE_CHARS}}`, "g")) ?? [];
  return utf8(`-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`);
}

export type ArmorReading =
  | { readonly bytes: Uint8Array }
  /** In words that follow "the signature" or "the key". */
  | { readonly fault: string };

/** The bytes inside canonical armor, or the first thing that is not canonical. */
export function readArmor(label: ArmorLabel, armor: Uint8Array): ArmorReading {
  const text = decodeUtf8(armor);
  if (text === undefined) return { fault: "is not text" };
  const header = `-----BEGIN ${label}-----\n`;
  const footer = `\n-----END ${label}-----\n`;
  if (text.includes("\r")) return { fault: "has carriage returns: its lines end in LF only" };
  if (!text.startsWith(header)) return { fault: `does not begin with the line "${header.trim()}"` };
  const end = text.indexOf(footer.trimEnd(), header.length - 1);
  if (end < 0) return { fault: `does not end with the line "${footer.trim()}"; it may be cut off` };
  const after = text.slice(end + footer.length - 1);
  if (after === "") return { fault: "does not end with a line feed" };
  if (after !== "\n") return { fault: "has text after its last line" };
  const lines = text.slice(header.length, end).split("\n");
  const bytes = fromBase64(lines.join(""));
  if (bytes === undefined) return { fault: "is not base64 in its one spelling" };
  const wrapped = lines.every((line, at) =>
    at < lines.length - 1 ? line.length === LINE_CHARS : line.length > 0 && line.length <= LINE_CHARS,
  );
  return wrapped ? { bytes } : { fault: `is not wrapped at ${LINE_CHARS} characters` };
}
