/** Names of SSH key algorithms, so that a refusal can say what was brought. */
import { visible } from "../base/visible.ts";

/** The one algorithm that signs here. */
export const KEY_ALGORITHM = "ssh-ed25519";

const ALGORITHM_CHARS_SHOWN = 64;

/** What an algorithm other than `ssh-ed25519` is, in words that follow "this is". */
export function describeKeyAlgorithm(algorithm: string): string {
  if (/-cert-v\d+@openssh\.com$/.test(algorithm)) return `a certificate (${shown(algorithm)})`;
  if (algorithm.startsWith("sk-")) return `a key of a security device (${shown(algorithm)})`;
  if (algorithm === "ssh-rsa" || /^rsa-sha2-(256|512)$/.test(algorithm)) return "an RSA key";
  if (algorithm.startsWith("ecdsa-sha2-")) return `an ECDSA key (${shown(algorithm)})`;
  if (algorithm === "ssh-dss") return "a DSA key";
  return `of the unknown kind "${shown(algorithm)}"`;
}

function shown(algorithm: string): string {
  return visible(algorithm.slice(0, ALGORITHM_CHARS_SHOWN));
}
