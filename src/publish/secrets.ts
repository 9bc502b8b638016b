/** Files that nobody means to publish: private keys. What is published can be withdrawn from nobody's disk. */
import type { Problem } from "../base/problem.ts";
import type { PlacedDraft } from "./own-package.ts";

const PRIVATE_KEY = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const HEAD_BYTES = 256;

/** A warning for every file that begins like a private key: some packages ship one for their tests. */
export function privateKeyWarnings({ draft, contentAt }: PlacedDraft): Problem[] {
  const decoder = new TextDecoder();
  return [...draft.content]
    .filter(([, bytes]) => PRIVATE_KEY.test(decoder.decode(bytes.subarray(0, HEAD_BYTES))))
    .map(([path]) => ({
      code: "PUBLISH_PRIVATE_KEY",
      severity: "warning",
      file: contentAt + path,
      message: "This is a private key, and everyone who installs the package will have it",
      remedy: "leave it out, unless it was made to be published",
    }));
}
