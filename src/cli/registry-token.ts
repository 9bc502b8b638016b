/** `registry login` and `logout`: the token of a private registry, from stdin and never from a word of the call. */
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { isSafe } from "../client/place.ts";
import { isAddress } from "../client/reader.ts";
import { homeFolders } from "../node/home.ts";
import { type AddedRegistry, addedRegistries } from "../node/registries.ts";
import { isToken, TOKEN_INPUT_BYTES_MAX, TokenFile, tokenVariable } from "../node/tokens.ts";
import { type Context, type Options, UsageError } from "./command.ts";

/** A token from stdin: typed unseen, or piped. Throws UsageError where there is none, TOKEN_INVALID. */
export async function readToken({ terminal }: Context): Promise<string> {
  const token = (await terminal.secret("Token (not shown): ", TOKEN_INPUT_BYTES_MAX)).trim();
  if (token === "")
    throw new UsageError(
      "No token came on stdin",
      "type it, or pipe it: ggen-marketplace registry login NAME < FILE",
    );
  if (isToken(token)) return token;
  throw new RegistryError(
    "TOKEN_INVALID",
    "What came on stdin is no token",
    "a token is one word of visible ASCII characters, at most 4096",
  );
}

/** Throws TOKEN_NEEDS_HTTPS where a token would be sent in the clear, or to nobody at all. */
export function checkTakesToken(location: string): void {
  if (isAddress(location) && isSafe(new URL(location))) return;
  throw new RegistryError(
    "TOKEN_NEEDS_HTTPS",
    `${visible(location)} gets no token: one is sent over https alone`,
    isAddress(location)
      ? "ask its operator for an address that begins with https://"
      : "a folder needs none: who may read it is what its permissions say",
  );
}

export async function login(
  words: readonly string[],
  _options: Options,
  context: Context,
): Promise<undefined> {
  const { name, location } = addedNamed(words, "login", context);
  checkTakesToken(location);
  const kept = new TokenFile(homeFolders(context.environment).tokens);
  kept.keep(location, await readToken(context));
  noteVariable(name, context);
  context.terminal.result({ name, location, loggedIn: true }, () =>
    [
      `The token for "${name}" is kept, and sent to ${new URL(location).origin} only.`,
      `Next: ggen-marketplace sync --registry ${name}`,
    ].join("\n"),
  );
  return undefined;
}

export async function logout(
  words: readonly string[],
  _options: Options,
  context: Context,
): Promise<undefined> {
  const { name, location } = addedNamed(words, "logout", context);
  const removed = new TokenFile(homeFolders(context.environment).tokens).forget(location);
  noteVariable(name, context);
  context.terminal.result({ name, location, loggedIn: false, removed }, () =>
    removed
      ? `The token for "${name}" is deleted here. Where it may be in other hands, have it revoked too.`
      : `There was no token for "${name}".`,
  );
  return undefined;
}

function noteVariable(name: string, { environment, terminal }: Context): void {
  const variable = tokenVariable(name);
  if (environment[variable]) terminal.note(`${variable} is set, and comes before what is kept`);
}

/** The words are not repeated where they are off: one of them may be a token. */
function addedNamed([name, ...more]: readonly string[], action: string, context: Context): AddedRegistry {
  if (name === undefined || more.length > 0)
    throw new UsageError(`registry ${action} takes the name of one registry, and a token from stdin alone`);
  const all = addedRegistries(homeFolders(context.environment).trust);
  const found = all.find((added) => added.name === name);
  if (found !== undefined) return found;
  throw unknownRegistry("You have no registry of that name", name, all);
}

export function unknownRegistry(message: string, name: string, all: readonly AddedRegistry[]): RegistryError {
  const names = all.map((registry) => registry.name);
  const meant = nearest(name, names);
  return new RegistryError(
    "UNKNOWN_REGISTRY",
    `${message}${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    names.length === 0 ? "`registry add` adds one" : `there are ${names.join(", ")}`,
  );
}
