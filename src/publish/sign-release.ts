/** A release from what it is made of: package.toml, the content, their list of checksums, the signature over the list. */
import { compareText } from "../base/order.ts";
import { writeSha256Sums } from "../manifest/sha256sums.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { RELEASE_NAMESPACE, type Signer, signSshsig } from "../trust/sshsig.ts";

/** What a publisher hands in: the manifest's bytes and the files, by paths relative to content/. */
export interface ReleaseDraft {
  readonly packageToml: Uint8Array;
  readonly content: ReadonlyMap<string, Uint8Array>;
}

/** The release's files by path in its folder, SHA256SUMS and SHA256SUMS.sig among them. */
export function signRelease(draft: ReleaseDraft, signer: Signer, ports: TrustPorts): Map<string, Uint8Array> {
  const files = new Map([["package.toml", draft.packageToml]]);
  for (const [path, bytes] of [...draft.content].sort(([a], [b]) => compareText(a, b))) files.set(`content/${path}`, bytes);
  const entries = [...files].map(([path, bytes]) => ({ path, sha256: ports.hash(bytes) }));
  entries.sort((a, b) => compareText(a.path, b.path));
  const sums = writeSha256Sums(entries);
  files.set("SHA256SUMS", sums);
  files.set("SHA256SUMS.sig", signSshsig(sums, RELEASE_NAMESPACE, signer, ports));
  return files;
}
