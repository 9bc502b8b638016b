/** Where a registry is, and what may be believed of a place: addresses, and whose machine it is. */
import { utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { isAddress, type Reader } from "./reader.ts";

/** The address of a registry's folder, with a slash at its end. Throws BAD_LOCATION for what is no such address. */
export function registryUrl(address: string, allowInsecure: boolean): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Without a password that stands in it.
  const shown = url?.username || url?.password ? `${url.protocol}//${url.host}${url.pathname}` : address;
  const refuse = (message: string, hint: string) =>
    new RegistryError("BAD_LOCATION", `Cannot use "${visible(shown)}": ${message}`, hint);
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw refuse("it is not an http address", "give an address that begins with https://");
  if (url.username !== "" || url.password !== "")
    throw refuse(
      "it holds a name or a password",
      "remove what stands before the @; a private registry takes a token: registry login",
    );
  if (url.search !== "" || url.hash !== "")
    throw refuse('it has a "?" or a "#"', "give the address of the registry's folder");
  if (!isSafe(url) && !allowInsecure)
    throw refuse(
      "plain http lets anyone on the way see what you ask for and hold it back",
      "use https://, or allow it: --allow-http",
    );
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** Whether nobody on the way reads what is sent: https, or this very machine. */
export function isSafe(url: URL): boolean {
  return url.protocol === "https:" || isThisMachine(url);
}

/** A folder, or an address of this very machine. */
export function isLocal(location: string): boolean {
  return !isAddress(location) || isThisMachine(new URL(location));
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whoever signs with a development root is somebody's own machine: over a network it vouches for nothing. */
export function checkedPlace<R extends { readonly development: boolean }>(root: R, reader: Reader): R {
  if (!root.development || isLocal(reader.location)) return root;
  throw new RegistryError(
    "DEVELOPMENT_ROOT",
    `This is a development root, which a build on somebody's own machine made; ${reader.location} is not on this machine`,
    "give the registry's own root; its operator makes one with `trust init`",
  );
}

/**
 * What the trust store keeps what was seen under: the root alone. Trees of one development root stand side by
 * side on a machine, and none is an older state of another: there it is the root and the place.
 */
export function storeId(
  { id, development }: { readonly id: Digest; readonly development: boolean },
  location: string,
  hash: Hash,
): Digest {
  return development ? hash(utf8(`${id} ${location}`)) : id;
}
