/** `registry add`, `list`, `remove`, `login`, `logout`: the registries that this person trusts, each by a root. */
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { openTrustedView } from "../client/open-trusted-view.ts";
import { isLocal, storeId } from "../client/place.ts";
import { openRegistry } from "../client/registry.ts";
import { metadataOf, trustOf } from "../client/trusted-view.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { homeFolders } from "../node/home.ts";
import { nativeInflate } from "../node/inflate.ts";
import {
  type AddedRegistry,
  addedRegistries,
  addRegistry,
  isRegistryName,
  removeRegistry,
} from "../node/registries.ts";
import { TokenFile, tokenInEnvironment, tokenVariable } from "../node/tokens.ts";
import { TrustStore } from "../node/trust-store.ts";
import { registryOf } from "../trust/registry-trust.ts";
import { parseMetadata } from "../trust/tuf/metadata.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { openPlace } from "./open-registry.ts";
import { checkTakesToken, login, logout, readToken, unknownRegistry } from "./registry-token.ts";
import { nameFor, rootGiven } from "./shown-root.ts";
import { table } from "./terminal.ts";

export const run: Run = async ([action = "", ...words], options, context) => {
  const actions = new Map([
    ["add", add],
    ["list", list],
    ["remove", remove],
    ["login", login],
    ["logout", logout],
  ]);
  const known = actions.get(action);
  if (known !== undefined) return known(words, options, context);
  const meant = nearest(action, actions.keys());
  throw new UsageError(
    `Unknown action "${action}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    `there are ${[...actions.keys()].join(", ")}`,
  );
};

/** Pins a root, after the registry has shown that it is the root's: nothing is added that does not verify today. */
async function add(
  [location, ...more]: readonly string[],
  options: Options,
  context: Context,
): Promise<undefined> {
  if (location === undefined || more.length > 0)
    throw new UsageError("registry add takes one path or address");
  const given = options.required(
    "root",
    "the registry's root, as you know it from somewhere you trust: a file or its sha256",
  );
  const wanted = options.text("name");
  if (wanted !== undefined && !isRegistryName(wanted))
    throw new UsageError(
      `"${wanted}" cannot be the name of a registry`,
      "use lower-case letters, digits and hyphens: --name NAME",
    );
  const { environment } = context;
  // Only a name that this person gives says that the token of that name is meant.
  let token = wanted === undefined ? undefined : tokenInEnvironment(wanted, environment);
  const { origin } = await openPlace(location, options, context, () => token);
  if (options.flag("token-stdin")) {
    checkTakesToken(origin.location);
    token = await readToken(context);
  }
  const root = await rootGiven(given, origin);
  if (root.development && !isLocal(origin.location))
    throw new RegistryError(
      "DEVELOPMENT_ROOT",
      "This is a development root, which is for trees on one machine",
      "give the registry's own root",
    );
  const { registry } = registryOf(parseMetadata(root.read(), "root", "root.json").signed);
  const { trust, tokens } = homeFolders(environment);
  const store = new TrustStore(trust, storeId(root, origin.location, clientTrustPorts.hash), root.read);
  const view = await openTrustedView(store, todaysPolicy(), metadataOf(origin));
  // The index says which registry it is: two may be signed by the same people.
  const opened = await openRegistry({
    reader: origin,
    ports: clientTrustPorts,
    inflate: nativeInflate,
    view,
  });
  const own = opened.root.registry.name;
  const name = wanted ?? (isRegistryName(own) ? own : nameFor(registry, origin.location));
  if (wanted === undefined) refuseTokenOfName(name, origin.location, context);
  store.noteAsked();
  const added: AddedRegistry = {
    name,
    location: origin.location,
    iri: registry,
    root: root.id,
    development: root.development,
  };
  addRegistry(trust, added, root.read());
  if (options.flag("token-stdin") && token !== undefined) new TokenFile(tokens).keep(added.location, token);
  context.terminal.result({ ...added, rootVersion: trustOf(view).set.root.signed.version }, () =>
    [
      `Added "${name}": ${visible(registry)} at ${origin.location}`,
      `  trusted by root ${root.id}`,
      `Next: ggen-marketplace search WORD --registry ${name}`,
    ].join("\n"),
  );
  return undefined;
}

/** What a registry calls itself must not get it a token that the environment has for another one. */
function refuseTokenOfName(name: string, location: string, { environment }: Context): void {
  const variable = tokenVariable(name);
  const { trust } = homeFolders(environment);
  const isKnown = addedRegistries(trust).some((added) => added.name === name && added.location === location);
  if (!environment[variable] || isKnown) return;
  throw new UsageError(
    `${variable} is set, and this registry calls itself "${name}": it would be sent that token from now on`,
    `where that is meant, say so: --name ${name}; else give it another name`,
  );
}

function todaysPolicy() {
  const { ed25519, hash } = clientTrustPorts;
  return { verify: verifyEd25519(ed25519), hash, now: Date.now(), graceMs: 0 };
}

async function list(words: readonly string[], _options: Options, context: Context): Promise<undefined> {
  if (words.length > 0) throw new UsageError("registry list takes no further words");
  const registries = addedRegistries(homeFolders(context.environment).trust);
  const { terminal } = context;
  terminal.result({ registries }, () =>
    registries.length === 0
      ? "You have added no registry yet: ggen-marketplace registry add PATH|URL --root FILE|SHA256"
      : table(
          registries.map(({ name, location, root }) => [
            name,
            `root ${root.slice(0, 16)}…`,
            visible(location),
          ]),
          terminal.width,
        ),
  );
  return undefined;
}

async function remove(
  [name, ...more]: readonly string[],
  _options: Options,
  context: Context,
): Promise<undefined> {
  if (name === undefined || more.length > 0)
    throw new UsageError("registry remove takes the name of one registry");
  const { trust, tokens } = homeFolders(context.environment);
  const all = addedRegistries(trust);
  const known = all.find((added) => added.name === name);
  if (known === undefined) throw unknownRegistry(`You have no registry "${visible(name)}"`, name, all);
  removeRegistry(trust, name);
  new TokenFile(tokens).forget(known.location);
  context.terminal.result(
    { removed: name },
    () => `Removed "${name}". What was seen of it is remembered: added again, it cannot show an older view.`,
  );
  return undefined;
}
