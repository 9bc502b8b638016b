/**
 * What reads a registry at an address, and the token that it is sent: one that was kept, or stands in the
 * environment, for a registry that was added with exactly this address.
 */
import { quoted } from "../base/shell-word.ts";
import type { Reader } from "../client/reader.ts";
import { homeFolders } from "../node/home.ts";
import type { Access } from "../node/http-reader.ts";
import { addedRegistries } from "../node/registries.ts";
import { TokenFile, tokenInEnvironment, tokenVariable } from "../node/tokens.ts";
import type { Context, Options } from "./command.ts";

/** `given` says the token of a registry that is about to be added. Throws BAD_LOCATION. */
export async function addressReader(
  address: string,
  options: Options,
  context: Context,
  given?: () => string | undefined,
): Promise<Reader> {
  const { httpReader } = await import("../node/http-reader.ts");
  const access = accessOf(context, given);
  return httpReader(address, { allowInsecure: options.flag("allow-http"), access });
}

function accessOf(context: Context, given: (() => string | undefined) | undefined): Access {
  const tokens = new Map<string, string | undefined>();
  return {
    tokenFor(location) {
      const token = given?.();
      if (token !== undefined) return token;
      if (!tokens.has(location)) tokens.set(location, knownToken(location, context));
      return tokens.get(location);
    },
    hint: (location) => howToGetIn(location, context),
  };
}

function addedAt(location: string, { environment }: Context) {
  return addedRegistries(homeFolders(environment).trust).find((added) => added.location === location);
}

function knownToken(location: string, context: Context): string | undefined {
  const { environment, terminal } = context;
  const added = addedAt(location, context);
  if (added === undefined) return undefined;
  const inEnvironment = tokenInEnvironment(added.name, environment);
  if (inEnvironment !== undefined) return inEnvironment;
  const kept = new TokenFile(homeFolders(environment).tokens);
  const token = kept.tokenFor(location);
  if (token !== undefined && kept.isOpen)
    terminal.note(`others on this machine can read your tokens: chmod 600 ${quoted(kept.file)}`);
  return token;
}

function howToGetIn(location: string, context: Context): string {
  const added = addedAt(location, context);
  if (added === undefined)
    return `ask its operator for a token, then: ggen-marketplace registry add ${quoted(location)} --root SHA256 --token-stdin`;
  const anew = `ggen-marketplace registry login ${added.name}`;
  return context.environment[tokenVariable(added.name)]
    ? `see that ${tokenVariable(added.name)} holds a token that the registry takes`
    : `give a token that the registry takes: ${anew}`;
}
