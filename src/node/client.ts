/** `ggen-marketplace/client` in Node: the public library over folders and http. What it has is said in client/index.ts. */
import { fileURLToPath } from "node:url";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { openRegistry as Opening } from "../client/index.ts";
import { openLibrary } from "../client/library.ts";
import { isAddress } from "../client/reader.ts";
import { nodeTrustPorts } from "./crypto.ts";
import { directoryReader } from "./directory-reader.ts";
import { httpReader } from "./http-reader.ts";
import { nativeInflate } from "./inflate.ts";
import { TrustStore } from "./trust-store.ts";

export type * from "../client/index.ts";
export { RegistryError };

export const openRegistry: typeof Opening = async (location, options) => {
  const place = pathOrAddress(location);
  const reader = isAddress(place)
    ? httpReader(place, { allowInsecure: options.allowHttp ?? false })
    : directoryReader(place);
  const host = { reader, ports: nodeTrustPorts, inflate: nativeInflate, folderStore };
  return openLibrary(host, options);
};

function pathOrAddress(location: string | URL): string {
  const text = String(location);
  return /^file:\/\//i.test(text) ? fileURLToPath(text) : text;
}

function folderStore(folder: string, id: Digest, root: Uint8Array): TrustStore {
  return new TrustStore(folder, id, () => root);
}
