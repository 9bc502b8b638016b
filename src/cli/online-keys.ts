/**
 * The keys that CI signs with: from files outside of any registry, or from the environment. Never from the
 * repository, where everybody could read them.
 */
import { realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { type PrivateKey, readPrivateKey, refuseKeyAsPath } from "../node/keys.ts";
import type { OnlineSigners } from "../publish/sign-view.ts";
import { type CeremonyState, newestRoot } from "../trust/ceremony.ts";
import { INDEX_ROLE } from "../trust/trust-paths.ts";
import type { Role } from "../trust/tuf/metadata.ts";
import { tufKeyId } from "../trust/tuf/write.ts";
import { isCi } from "./ci.ts";
import type { Context, Options } from "./command.ts";
import { ONLINE_KEY_VARIABLE } from "./sign-here.ts";
import { PASSPHRASE_VARIABLE, readSigner, unusableKey } from "./signer.ts";

export const TIMESTAMP_KEY_VARIABLE = "GGEN_MARKETPLACE_TIMESTAMP_KEY";

/** Throws NO_ONLINE_KEY, KEY_IN_REPOSITORY, KEY_NOT_LISTED, and what is wrong with a key. */
export async function onlineSigners(
  state: CeremonyState,
  folder: string,
  options: Options,
  context: Context,
): Promise<OnlineSigners> {
  const online = await readKey("online-key", ONLINE_KEY_VARIABLE, folder, options, context);
  const own = await readKey("timestamp-key", TIMESTAMP_KEY_VARIABLE, folder, options, context);
  if (online === undefined) throw noKey(context);
  const keys = own === undefined ? [online] : [online, own];
  const { roles } = newestRoot(state).signed;
  const index = state.targets.signed.delegations.find(({ name }) => name === INDEX_ROLE);
  return {
    index: signersFor(INDEX_ROLE, index, keys),
    snapshot: signersFor("snapshot", roles.snapshot, keys),
    timestamp: signersFor("timestamp", roles.timestamp, keys),
  };
}

function signersFor(name: string, role: Role | undefined, keys: readonly PrivateKey[]): PrivateKey[] {
  const signers = keys.filter(({ publicKey }) => role?.keyids.has(tufKeyId(publicKey)) === true);
  if (role !== undefined && signers.length >= role.threshold) return signers;
  const given = keys.map(({ publicKey }) => publicKey.id).join(", ");
  throw new RegistryError(
    "KEY_NOT_LISTED",
    `The root does not let ${given} sign "${name}"`,
    "give the key that `trust status` lists as online, or let the holders rotate to this one: trust rotate",
  );
}

async function readKey(
  option: string,
  variable: string,
  folder: string,
  options: Options,
  context: Context,
): Promise<PrivateKey | undefined> {
  const file = options.text(option);
  if (file !== undefined) {
    refuseKeyAsPath(file);
    refuseInside(file, folder);
    return readSigner(file, context);
  }
  const text = context.environment[variable];
  if (text === undefined || text === "") return undefined;
  const passphrase = context.environment[PASSPHRASE_VARIABLE];
  // A secret pasted into a form often loses its last line feed, without which an OpenSSH key is none.
  const key = await readPrivateKey(
    utf8(text.endsWith("\n") ? text : `${text}\n`),
    variable,
    passphrase === undefined ? {} : { passphrase },
  );
  if (!key.ok) throw unusableKey(variable, key.problems);
  return key.value;
}

function refuseInside(file: string, folder: string): void {
  const inside = relative(realPath(folder), realPath(file));
  if (inside.startsWith(`..${sep}`) || inside === ".." || resolve(inside) === inside) return;
  throw new RegistryError(
    "KEY_IN_REPOSITORY",
    `The key file "${file}" lies in the registry`,
    "move it out, where nobody commits it, and rotate to another one if it ever was: trust rotate",
  );
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not there: whoever reads it says so.
    return resolve(path);
  }
}

function noKey(context: Context): RegistryError {
  const inCi = isCi(context.environment);
  return new RegistryError(
    "NO_ONLINE_KEY",
    inCi ? `CI has no key to sign with: ${ONLINE_KEY_VARIABLE} is not set` : "There is no key to sign with",
    inCi
      ? `set the secret ${ONLINE_KEY_VARIABLE} for this job, and for this job alone`
      : `give --online-key FILE, or set ${ONLINE_KEY_VARIABLE} to the key`,
  );
}
