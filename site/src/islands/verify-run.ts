/**
 * Proves a release from a root, in a page: why-trusted.ts, and that the page says what was proven.
 *
 *     trust/1.root.json, or the root that the reader gave ─► signed view ─► release ─► as the page says it
 */
import { type Digest, isDigest } from "../../../src/base/digest.ts";
import { RegistryError } from "../../../src/base/error.ts";
import { openRegistryInBrowser } from "../../../src/client/open-in-page.ts";
import { pageReader } from "../../../src/client/page-files.ts";
import type { Reader } from "../../../src/client/reader.ts";
import { type Freshness, freshnessOf, GRACE_MS_DEFAULT } from "../../../src/client/trusted-view.ts";
import { type WhyTrusted, whyTrusted } from "../../../src/client/why-trusted.ts";
import { nobleTrustPorts } from "../../../src/trust/noble.ts";
import { rootByDigestPath, TRUST_FOLDER } from "../../../src/trust/trust-paths.ts";
import { METADATA_BYTES_MAX } from "../../../src/trust/tuf/roles.ts";

/** What the page says of the release, as its reader sees it. */
export interface Said {
  readonly name: string;
  readonly version: string;
  readonly publisher: string;
  readonly key: string;
  readonly release: string;
}

export interface Asked {
  /** Where the published tree stands. */
  readonly base: URL;
  readonly said: Said;
  /** sha256 of the root that the reader trusts; empty where none was given. */
  readonly root: string;
  readonly onStep: (step: string) => void;
}

/** Where everything began: the sha256 of a root, and whether the reader gave it. */
export interface FirstRoot {
  readonly sha256: Digest;
  readonly given: boolean;
}

export type Proof =
  | {
      readonly proven: true;
      readonly root: FirstRoot;
      readonly why: WhyTrusted;
      readonly freshness: Freshness;
      readonly now: number;
    }
  | { readonly proven: false; readonly error: RegistryError };

/** Throws for faults of the program alone: what does not verify is a proof of that. */
export async function proveHere(asked: Asked): Promise<Proof> {
  try {
    return await prove(asked);
  } catch (error) {
    if (error instanceof RegistryError) return { proven: false, error: forReaders(error) };
    throw error;
  }
}

/** Files that are gone, half there or not the view's own: the command line's remedy is none in a page. */
function forReaders(error: RegistryError): RegistryError {
  const { code, message, problems } = error;
  if (!["NOT_FOUND", "DIGEST_MISMATCH", "TOO_LARGE", "BAD_RESPONSE"].includes(code)) return error;
  const hint =
    "verify again, for it may be being replaced just now; where it stays so, use nothing of it, and tell the registry’s operator";
  return new RegistryError(code, message, hint, { cause: error, problems });
}

async function prove({ base, said, root: given, onStep }: Asked): Promise<Proof> {
  onStep("Reading the root …");
  const reader = pageReader(base);
  const bytes = given === "" ? await firstRoot(reader) : await givenRoot(reader, given);
  onStep("Verifying which view of the registry is current, and who signed it …");
  const registry = await openRegistryInBrowser(base, bytes);
  onStep("Verifying the statements, the signature and the files …");
  const why = await whyTrusted(registry, said.name, said.version);
  requireSaid(said, why);
  const { view } = registry;
  if (view === undefined) throw new Error("a registry that was opened from a root has a signed view");
  return {
    proven: true,
    root: { sha256: nobleTrustPorts.hash(bytes), given: given !== "" },
    why,
    freshness: freshnessOf(view, GRACE_MS_DEFAULT),
    now: view.now,
  };
}

async function firstRoot(reader: Reader): Promise<Uint8Array> {
  const bytes = await readRoot(reader, `${TRUST_FOLDER}/1.root.json`);
  if (bytes !== undefined) return bytes;
  throw new RegistryError(
    "NOT_SIGNED",
    "This registry is not signed: it has no root to begin from",
    "its operator signs it with “trust publish”. Until then the tools below show that the files are those which a key signed, and nothing shows that this view is the newest",
  );
}

/** Looked for by its digest, as the command line does: any root of the registry will do, not the first alone. */
async function givenRoot(reader: Reader, given: string): Promise<Uint8Array> {
  const bytes = isDigest(given) ? await readRoot(reader, rootByDigestPath(given)) : undefined;
  if (bytes !== undefined && nobleTrustPorts.hash(bytes) === given) return bytes;
  throw new RegistryError(
    "BAD_ROOT",
    `Nothing here comes from the root that you trust: there is no root with the sha256 ${given}`,
    "compare it with where you got it from; if it is right, this is another registry or somebody’s forgery of yours: use nothing of it",
  );
}

async function readRoot(reader: Reader, path: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.read(path, { bytesMax: METADATA_BYTES_MAX });
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/** What a reader takes from the page must be what was proven: a proof of something else is of no use to them. */
function requireSaid(said: Said, why: WhyTrusted): void {
  const facts: readonly (readonly [what: string, said: string, proven: string])[] = [
    ["name", said.name, why.package],
    ["version", said.version, why.version],
    ["publisher", said.publisher, why.owner.name],
    ["key", said.key, why.key.id],
    ["release", said.release, why.release],
  ];
  const problems = facts
    .filter(([, said, proven]) => said !== proven)
    .map(([what, said, proven]) => ({
      code: "PAGE_DIFFERS",
      severity: "error" as const,
      file: "this page",
      message: `The page shows the ${what} ${said === "" ? "(none)" : said}, and the one that was proven is ${proven}`,
      remedy: "",
    }));
  if (problems.length === 0) return;
  throw new RegistryError(
    "PAGE_DIFFERS",
    "This page says something else than what was signed",
    "believe nothing of this page, and tell the registry’s operator",
    { problems },
  );
}
