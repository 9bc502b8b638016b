/**
 * `ggen-marketplace/client` in a browser, and wherever there are `fetch`, `DecompressionStream` and no files of
 * Node's: the public library over http. What it has is said in index.ts.
 */
import { RegistryError } from "../base/error.ts";
import { nobleTrustPorts } from "../trust/noble.ts";
import type { openRegistry as Opening } from "./index.ts";
import { openLibrary } from "./library.ts";
import { inflateByStream, pageReader } from "./page-files.ts";
import { registryUrl } from "./place.ts";

export type * from "./index.ts";
export { RegistryError };

export const openRegistry: typeof Opening = async (location, options) => {
  // In a page, and in a worker; elsewhere an address is whole.
  const here = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  const address = URL.canParse(location, here) ? new URL(location, here).href : String(location);
  const host = {
    reader: pageReader(registryUrl(address, options.allowHttp ?? false)),
    ports: nobleTrustPorts,
    inflate: inflateByStream,
  };
  return openLibrary(host, options);
};
