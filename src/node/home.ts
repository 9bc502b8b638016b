/**
 * Where a person's own files are kept on this machine.
 *
 *   GGEN_MARKETPLACE_HOME    everything below that one folder
 *   Windows                  %LOCALAPPDATA%\ggen-marketplace\…
 *   else (XDG base folders)  cache   $XDG_CACHE_HOME   or ~/.cache
 *                            data    $XDG_DATA_HOME    or ~/.local/share     store, trust, consent, development,
 *                                                                           tokens.json
 *                            config  $XDG_CONFIG_HOME  or ~/.config          config.toml
 *
 * Cache may be deleted at any time. Nothing is made here: who writes makes the folder.
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { startHash } from "./crypto.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Home {
  readonly root: string;
  readonly cache: string;
  /** Installed releases, by digest. */
  readonly store: string;
  /** Roots that this person trusts, each with what was seen under it (trust-store.ts). Not a cache: a rollback is seen by it. */
  readonly trust: string;
  /** What this person agreed that packages may do. */
  readonly consent: string;
  /** The file of the tokens of private registries (tokens.ts). */
  readonly tokens: string;
  /** Development roots that builds on this machine made, with their keys. */
  readonly development: string;
  /** The file config.toml. */
  readonly config: string;
}

const NAME = "ggen-marketplace";
export const HOME_VARIABLE = "GGEN_MARKETPLACE_HOME";

export function homeFolders(
  environment: Environment,
  machine: { platform: NodeJS.Platform; home: string } = { platform: process.platform, home: homedir() },
): Home {
  const own = environment[HOME_VARIABLE];
  if (own !== undefined && own !== "") return below(resolve(own));
  if (machine.platform === "win32") {
    return below(join(environment.LOCALAPPDATA || join(machine.home, "AppData", "Local"), NAME));
  }
  // The XDG specification: a relative path is to be ignored.
  const base = (variable: string, otherwise: string) => {
    const given = environment[variable];
    return join(
      given !== undefined && isAbsolute(given) ? given : join(homeOf(machine.home), otherwise),
      NAME,
    );
  };
  const data = base("XDG_DATA_HOME", join(".local", "share"));
  return {
    root: data,
    cache: base("XDG_CACHE_HOME", ".cache"),
    store: join(data, "store"),
    trust: join(data, "trust"),
    consent: join(data, "consent"),
    tokens: join(data, "tokens.json"),
    development: join(data, "development"),
    config: join(base("XDG_CONFIG_HOME", ".config"), "config.toml"),
  };
}

/** Where the build of the source in `folder` keeps what it may use again. */
export function buildCacheFile(environment: Environment, folder: string): string {
  return join(homeFolders(environment).cache, "build", `${nameOf(folder)}.pack`);
}

/** Where is noted what the last build wrote into `out`. */
export function outputStateFile(environment: Environment, out: string): string {
  return join(homeFolders(environment).cache, "output", `${nameOf(out)}.json`);
}

function below(root: string): Home {
  return {
    root,
    cache: join(root, "cache"),
    store: join(root, "store"),
    trust: join(root, "trust"),
    consent: join(root, "consent"),
    tokens: join(root, "tokens.json"),
    development: join(root, "development"),
    config: join(root, "config.toml"),
  };
}

function homeOf(home: string): string {
  if (isAbsolute(home)) return home;
  throw new RegistryError(
    "NO_HOME",
    "Cannot tell where your own files are: there is no home folder",
    `set ${HOME_VARIABLE} to a folder`,
  );
}

/** A file name for a folder of this machine. */
function nameOf(folder: string): string {
  return startHash(utf8(resolve(folder))).slice(0, 32);
}
