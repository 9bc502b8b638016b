/** Files that nobody means to publish. What is published can be withdrawn from nobody's disk. */
import type { Problem } from "../base/problem.ts";

/** A key file may begin with remarks; a text that only mentions its first line has no key behind it. */
const PRIVATE_KEY = [
  /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/,
  /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n(?:[\w-]+: .*\r?\n)*(?:\r?\n)?[A-Za-z0-9+/=]{32,}\r?$/m,
  /^\s*PuTTY-User-Key-File-\d/,
  /\bAGE-SECRET-KEY-1[0-9A-Z]{50,}/,
];
/** A key lies in the beginning of its file; a large file is not searched for one. */
const SEARCHED_BYTES_MAX = 65_536;

/** By the last part of a path, in lower case: what often holds secrets. */
const SECRET_NAMES: readonly RegExp[] = [
  /^\.env(?:\..+)?$/,
  /^\.(?:npmrc|netrc|pypirc|git-credentials|htpasswd)$/,
  /^_netrc$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
  /\.(?:pem|key|p12|pfx|jks|keystore|ppk|kdbx)$/,
];
/** Examples of settings, which are there to be read. */
const EXAMPLE = /^\.env\.(?:example|sample|template|dist)$/;

/** By any part of a path, in lower case: what tools leave behind. */
const LEFTOVERS = new Set([
  ...["node_modules", "__pycache__", ".venv", ".svn", ".hg", ".idea", ".vscode", ".terraform"],
  ...[".ds_store", "thumbs.db", "desktop.ini"],
]);

/**
 * Errors: PUBLISH_PRIVATE_KEY. Warnings: PUBLISH_SECRET_NAME for a file, PUBLISH_LEFTOVER for a kind of them.
 * `at` stands before each path, with a slash at its end.
 */
export function unmeantFiles(content: ReadonlyMap<string, Uint8Array>, at: string): Problem[] {
  const problems: Problem[] = [];
  const leftovers = new Map<string, string>();
  for (const [path, bytes] of content) {
    const parts = path.toLowerCase().split("/");
    const name = parts.at(-1) ?? "";
    const leftover = parts.find((part) => LEFTOVERS.has(part));
    if (isPrivateKey(bytes)) problems.push(privateKey(at + path));
    else if (SECRET_NAMES.some((known) => known.test(name)) && !EXAMPLE.test(name))
      problems.push(secretName(at + path));
    if (leftover !== undefined && !leftovers.has(leftover)) leftovers.set(leftover, path);
  }
  return [...problems, ...[...leftovers].map(([name, path]) => left(name, at + path))];
}

function isPrivateKey(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, SEARCHED_BYTES_MAX));
  return PRIVATE_KEY.some((form) => form.test(text));
}

function privateKey(file: string): Problem {
  return {
    code: "PUBLISH_PRIVATE_KEY",
    severity: "error",
    file,
    message: "This is a private key: published, it is everybody's, and cannot be taken back",
    remedy:
      "leave it out, and make a new one where others may have seen it; let tests make the keys that they need",
  };
}

function secretName(file: string): Problem {
  return {
    code: "PUBLISH_SECRET_NAME",
    severity: "warning",
    file,
    message: "Files of this name often hold secrets, and everyone who installs the package will have it",
    remedy: "look into it, and leave it out unless it was made to be published",
  };
}

function left(name: string, file: string): Problem {
  return {
    code: "PUBLISH_LEFTOVER",
    severity: "warning",
    file,
    message: `What is called "${name}" was left by a tool, and is published with the rest`,
    remedy: "leave it out: nobody who installs the package needs it",
  };
}
