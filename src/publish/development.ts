/** Signs a view for the machine that it was built on, with its development root: all roles by one key. */
import type { Hash } from "../base/digest.ts";
import { type FileRef, targetsSaying } from "../trust/registry-trust.ts";
import type { Signer } from "../trust/sshsig.ts";
import { parseMetadata } from "../trust/tuf/metadata.ts";
import { signMetadata } from "../trust/tuf/write.ts";
import { type PublishedTrust, type SignedView, signView } from "./sign-view.ts";

export interface DevelopmentView {
  readonly root: Uint8Array;
  readonly signer: Signer;
  /** trust/ratified.json. */
  readonly ratified: Uint8Array;
  readonly indexRoot: FileRef;
  readonly commit?: string;
  /** What the folder held that is written into. */
  readonly previous?: PublishedTrust & { readonly targets: Uint8Array };
  /** When it stops to hold, in milliseconds since 1970. */
  readonly until: number;
  readonly now: number;
}

const DAYS = 3650;

export function signForDevelopment(view: DevelopmentView, hash: Hash): SignedView {
  const { root, signer, ratified, previous, until } = view;
  const one = { keys: [signer.publicKey], threshold: 1 };
  const say = (version: number) =>
    signMetadata(
      targetsSaying({
        version,
        expires: until,
        ratified: { sha256: hash(ratified), length: ratified.length },
        index: one,
      }),
      [signer],
    );
  const before =
    previous === undefined ? 0 : parseMetadata(previous.targets, "targets", "targets.json").signed.version;
  const same = before > 0 && hash(say(before)) === hash(previous?.targets ?? new Uint8Array());
  return signView(
    {
      ...view,
      ceremony: { roots: [root], targets: say(same ? before : before + 1), ratified },
      signers: { index: [signer], snapshot: [signer], timestamp: [signer] },
      lifetimes: { root: DAYS, targets: DAYS, snapshot: DAYS, timestamp: DAYS },
    },
    hash,
  );
}
