/** A release from what it is made of: package.toml, the content, their list of checksums, the signature over the list. */
import { sortedBy } from "../base/order.ts";
import { type SumsEntry, writeSha256Sums } from "../manifest/sha256sums.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { RELEASE_NAMESPACE, type Signer, signSshsig } from "../trust/sshsig.ts";

/** What a publisher hands in: the manifest's bytes and the files, by paths relative to content/. */
export interface ReleaseDraft {
  readonly packageToml: Uint8Array;
  readonly content: ReadonlyMap<string, Uint8Array>;
}

/** The release's files by path in its folder, SHA256SUMS and SHA256SUMS.sig among them. */
export function signRelease(draft: ReleaseDraft, signer: Signer, ports: TrustPorts): Map<string, Uint8Array> {
  const sums = writeSha256Sums(checksumsOf(draft, ports));
  return new Map([
    ...filesOf(draft),
    ["SHA256SUMS", sums],
    ["SHA256SUMS.sig", signSshsig(sums, RELEASE_NAMESPACE, signer, ports)],
  ]);
}

/** The lines of the release's SHA256SUMS, in its order. */
export function checksumsOf(draft: ReleaseDraft, ports: TrustPorts): SumsEntry[] {
  return filesOf(draft).map(([path, bytes]) => ({ path, sha256: ports.hash(bytes) }));
}

function filesOf({ packageToml, content }: ReleaseDraft): [path: string, bytes: Uint8Array][] {
  const files = [...content].map(([path, bytes]): [string, Uint8Array] => [`content/${path}`, bytes]);
  return sortedBy([["package.toml", packageToml], ...files], ([path]) => path);
}
