/**
 * T28. allowed_signers: what `ssh-keygen -Y verify -f allowed_signers -I <publisher>` needs to know.
 *
 *     alice namespaces="ggen-marketplace-release,ggen-marketplace-statement" ssh-ed25519 AAAA…
 *
 * Written from parsed key blobs and parsed names only: a comment that carried a line feed would be
 * another line, and another signer. No `valid-before`: it would make every release of a retired key
 * fail. A revoked key is left out, since the format cannot list the releases that stay valid:
 * `ssh-keygen` refuses them all, where `verify` knows the list.
 */
import { sortedBy } from "../base/order.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { PublisherState } from "./publisher-chain.ts";
import { RELEASE_NAMESPACE, STATEMENT_NAMESPACE } from "./sshsig.ts";

/** Sorted by publisher, then by key; the same for the same keys, in whatever order they come. */
export function writeAllowedSigners(publishers: ReadonlyMap<PublisherName, PublisherState>): string {
  const namespaces = `${RELEASE_NAMESPACE},${STATEMENT_NAMESPACE}`;
  return sortedBy(publishers.values(), (publisher) => publisher.name)
    .flatMap((publisher) =>
      sortedBy(publisher.keys.values(), (standing) => standing.key.openssh)
        .filter((standing) => standing.state !== "revoked")
        .map((standing) => `${publisher.name} namespaces="${namespaces}" ${standing.key.openssh}\n`),
    )
    .join("");
}
