/** Addresses that strangers write: links of packages, and the IRI of a registry. */

export const URL_CHARS_MAX = 2_000;
export const REGISTRY_IRI_CHARS_MAX = 200;

/** Printable ASCII without what an IRI reference cannot hold: a link is also an IRI in the graph. */
export const WEB_URL_PATTERN = '^https?://[A-Za-z0-9[][^\\s<>"{}|\\\\^`\\u0000-\\u0020\\u007f-\\uffff]*$';

const WEB_URL = new RegExp(WEB_URL_PATTERN);

/** An absolute http or https URL in ASCII, without credentials. */
export function isWebUrl(text: string): boolean {
  if (text.length > URL_CHARS_MAX || !WEB_URL.test(text) || !URL.canParse(text)) return false;
  if (!text.includes("@")) return true;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

/**
 * The IRI of a registry: https, no query or fragment, ends in `/`, and spelled as the URL standard
 * would write it, so that two registries have the same IRI exactly when the texts are equal.
 */
export function isRegistryIri(text: string): boolean {
  if (text.length > REGISTRY_IRI_CHARS_MAX || !isWebUrl(text)) return false;
  return (
    text.startsWith("https://") && text.endsWith("/") && !/[?#]/.test(text) && new URL(text).href === text
  );
}

/** Where a tree is served: an http or https URL without query or fragment that ends in `/`. */
export function isBaseUrl(text: string): boolean {
  return isWebUrl(text) && text.endsWith("/") && !/[?#]/.test(text);
}
