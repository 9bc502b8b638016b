/** Where trust metadata lie in a published tree (registry-trust.ts says what they are), and the names of our targets. */
import type { Digest } from "../base/digest.ts";

export const INDEX_ROLE = "index";
export const INDEX_TARGET = "index/root.json";
export const RATIFIED_TARGET = "trust/ratified.json";
/** Folder of the metadata in a published tree, and of the ceremony's files in a source. */
export const TRUST_FOLDER = "trust";

/** Where a root lies by its digest. */
export const rootByDigestPath = (sha256: Digest): string => `${TRUST_FOLDER}/roots/${sha256}.json`;
export const ratifiedPath = (sha256: Digest): string => `${TRUST_FOLDER}/${sha256}.ratified.json`;
