/** `trust init`, `sign`, `rotate`, `ratify`. */
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { readKeyFile, readPublicKey } from "../node/keys.ts";
import {
  type CeremonyFiles,
  type Holders,
  holdersOf,
  initCeremony,
  ratify,
  rotate,
  signCeremony,
} from "../publish/ceremony.ts";
import { everythingRatified, ratifiedBesides } from "../publish/ratify.ts";
import type { PublicKey } from "../trust/public-key.ts";
import { type RatificationChange, ratificationChanges } from "../trust/ratification-changes.ts";
import type { KeysOfRole } from "../trust/registry-trust.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { changeLines, ratifiedBefore } from "./ratified-before.ts";
import { plural } from "./refused.ts";
import { readSigner, unusableKey } from "./signer.ts";
import { changeCeremony, noWords, requireCeremony, type TrustSource } from "./trust-source.ts";
import { lackingLines, sayingLines } from "./trust-status.ts";

const { hash } = nodeTrustPorts;
const HOLDERS_MAX = 32;

export const init: Run = async (words, options, context) => {
  noWords("init", words);
  const files = await changeCeremony(options, ({ state, source, tree, folder }) => {
    if (state !== undefined)
      throw new RegistryError(
        "CEREMONY_EXISTS",
        `"${folder}" has a root already`,
        "make the next one: trust rotate; a root is never taken back",
      );
    const root = keysOfRole("holders", "threshold", options, undefined);
    const online = [publicKey(options.required("online-key", "the public key of CI"))];
    const holders: Holders = {
      root,
      targets: keysOfRole("targets-holders", "targets-threshold", options, root),
      online,
      timestamp: timestampKeys(options, online),
    };
    return initCeremony(holders, everythingRatified(source, tree, hash), clockOf(source), hash);
  });
  await tell("Made the first root and targets", files, options, context);
};

export const rotateRoot: Run = async (words, options, context) => {
  noWords("rotate", words);
  const files = await changeCeremony(options, (opened) => {
    const state = requireCeremony(opened);
    const now = holdersOf(state);
    const root = keysOfRole("holders", "threshold", options, now.root);
    const onlineFile = options.text("online-key");
    const online = onlineFile === undefined ? now.online : [publicKey(onlineFile)];
    if (onlineFile !== undefined && online.every(({ id }) => now.online.some((key) => key.id === id)))
      throw new RegistryError(
        "SAME_KEY",
        `${online.map(({ id }) => id).join(", ")} is the online key already: a stolen one stays stolen`,
        "make a new one: key generate; without --online-key the root is made anew with the keys it has",
      );
    const timestamp = onlineFile !== undefined || options.text("timestamp-key") !== undefined;
    const holders: Holders = {
      root,
      // Who holds both goes on to hold both.
      targets: keysOfRole(
        "targets-holders",
        "targets-threshold",
        options,
        isSame(now.root, now.targets) ? root : now.targets,
      ),
      online,
      timestamp: timestamp ? timestampKeys(options, online) : now.timestamp,
    };
    return rotate(state, holders, clockOf(opened.source), hash);
  });
  await tell("Made the next root", files, options, context);
};

export const ratifyNames: Run = async (names, options, context) => {
  let changes: readonly RatificationChange[] = [];
  const files = await changeCeremony(options, (opened) => {
    const state = requireCeremony(opened);
    const { source, tree } = opened;
    const all = everythingRatified(source, tree, hash);
    const { next } = ratifiedBesides(state.ratified.value, all, names);
    changes = ratificationChanges(state.ratified.value, next);
    return ratify(state, next, clockOf(source), hash);
  });
  for (const line of changeLines(changes)) context.terminal.notice(`  ${line}`);
  await tell(`Made the next targets, with ${plural(changes.length, "change")}`, files, options, context);
};

export const sign: Run = async (words, options, context) => {
  noWords("sign", words);
  const signer = await readSigner(options.required("key", "the file of your private key"), context);
  const files = await changeCeremony(options, async (opened) => {
    const state = requireCeremony(opened);
    const signed = signCeremony(state, signer);
    const { value } = state.ratified;
    const changes = ratificationChanges(await ratifiedBefore(opened), value);
    context.terminal.notice(`What you sign, for ${value.registry}:`);
    for (const line of sayingLines(state, new Set(signed.keys()), changeLines(changes)))
      context.terminal.notice(line);
    return signed;
  });
  await tell(`Signed with ${signer.publicKey.id}`, files, options, context);
};

/** What was done, which files it touched, and who has to do something next. */
async function tell(done: string, files: CeremonyFiles, options: Options, context: Context): Promise<void> {
  const { openTrustSource } = await import("./trust-source.ts");
  const state = requireCeremony(await openTrustSource(options));
  const waiting = lackingLines(state);
  const next =
    waiting.length > 0
      ? ["Waiting for signatures (each holder, on their own machine: trust sign):", ...waiting]
      : ["Signed by as many as must: commit it, and merge it."];
  const written = [...files.keys()];
  context.terminal.result(
    { files: written, complete: waiting.length === 0, waiting: state.lacking.map(waitingValue) },
    () => [`${done}:`, ...written.map((file) => `  ${file}`), ...next].join("\n"),
  );
}

function waitingValue({ file, by, role, signed }: ReturnType<typeof requireCeremony>["lacking"][number]) {
  return { file, by, signed: signed.length, threshold: role.threshold };
}

function clockOf(source: TrustSource["source"]) {
  return { lifetimes: source.config.trust, now: Date.now() };
}

/** The keys that an option names, else those that hold the role now. */
function keysOfRole(
  option: string,
  thresholdOption: string,
  options: Options,
  otherwise: KeysOfRole | undefined,
): KeysOfRole {
  const files = options.text(option);
  if (files === undefined && otherwise === undefined)
    options.required(option, "the public keys of those who will sign: a.pub,b.pub");
  const keys = files === undefined ? (otherwise?.keys ?? []) : files.split(",").map(publicKey);
  const usual = otherwise?.threshold ?? Math.min(2, keys.length);
  const threshold = options.whole(thresholdOption, Math.min(usual, keys.length), 1, HOLDERS_MAX);
  return { keys, threshold };
}

function timestampKeys(options: Options, online: readonly PublicKey[]): readonly PublicKey[] {
  const file = options.text("timestamp-key");
  return file === undefined ? online : [publicKey(file)];
}

function isSame(a: KeysOfRole, b: KeysOfRole): boolean {
  const ids = ({ keys }: KeysOfRole) =>
    keys
      .map(({ id }) => id)
      .sort()
      .join(" ");
  return ids(a) === ids(b);
}

function publicKey(file: string): PublicKey {
  if (file === "") throw new UsageError("A file name is empty in the list of keys");
  const key = readPublicKey(new TextDecoder().decode(readKeyFile(file).bytes), file);
  if (!key.ok) throw unusableKey(visible(file), key.problems);
  return key.value;
}
