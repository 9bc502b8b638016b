/** `trust status`: who signs what, until when, what is due, and what happens where nobody does it. */

import { quoted } from "../base/shell-word.ts";
import { GRACE_MS_DEFAULT } from "../client/trusted-view.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { type Holders, holdersOf, keysIn } from "../publish/ceremony.ts";
import { everythingRatified, ratifiedBesides } from "../publish/ratify.ts";
import { DAY_MS } from "../publish/sign-view.ts";
import type { CeremonyState, Lacking } from "../trust/ceremony.ts";
import { newestRoot, rootFile, targetsFile } from "../trust/ceremony.ts";
import { ratificationChanges } from "../trust/ratification-changes.ts";
import type { KeysOfRole } from "../trust/registry-trust.ts";
import { dateText } from "../trust/tuf/fields.ts";
import type { Run } from "./command.ts";
import { plural } from "./refused.ts";
import { noWords, openTrustSource, type TrustSource } from "./trust-source.ts";

/** Time to find the holders. */
const DUE_BEFORE_MS = 60 * DAY_MS;

export const run: Run = async (words, options, context) => {
  noWords("status", words);
  const opened = await openTrustSource(options);
  const { state, folder } = opened;
  if (state === undefined) {
    const text = `The registry in "${folder}" has no root yet. Builds on a machine are signed with its own development root; nobody else takes that.\nNext: ggen-marketplace trust init --registry ${quoted(folder)} --holders A.pub,B.pub,C.pub --online-key CI.pub`;
    context.terminal.result({ root: null }, () => text);
    return undefined;
  }
  const now = Date.now();
  const status = statusOf(state, opened, now);
  context.terminal.result(status, () => textOf(status, state, opened, now));
  return undefined;
};

function statusOf(state: CeremonyState, opened: TrustSource, now: number) {
  const { root, targets, online, timestamp } = holdersOf(state);
  const waiting = notYet(state, opened);
  const role = ({ keys, threshold }: KeysOfRole) => ({ threshold, keys: keys.map(({ id }) => id) });
  const rootSigned = newestRoot(state).signed;
  return {
    registry: state.ratified.value.registry,
    root: { version: rootSigned.version, expires: dateText(rootSigned.expires), ...role(root) },
    targets: {
      version: state.targets.signed.version,
      expires: dateText(state.targets.signed.expires),
      ...role(targets),
    },
    online: online.map(({ id }) => id),
    timestamp: timestamp.map(({ id }) => id),
    ratified: {
      packages: state.ratified.value.claims.size,
      publishers: state.ratified.value.publishers.size,
      notYet: waiting,
    },
    waiting: lackingLines(state).map((line) => line.trim()),
    due: dueOf(state, { waiting, maintainersDiffer: maintainersDiffer(state, opened) }, now),
  };
}

type Status = ReturnType<typeof statusOf>;

function textOf(status: Status, state: CeremonyState, { source }: TrustSource, now: number): string {
  const { root, targets } = status;
  const holders = holdersOf(state);
  const { trust } = source.config;
  const graceDays = GRACE_MS_DEFAULT / DAY_MS;
  return [
    `Root ${root.version}, until ${day(root.expires)} (${left(root.expires, now)}): ${signers(holders.root)}`,
    `Targets ${targets.version}, until ${day(targets.expires)} (${left(targets.expires, now)}): ${signers(holders.targets)}`,
    `Online: index and snapshot ${status.online.join(" ")}${sameKeys(holders) ? ", and the timestamp" : `, timestamp ${status.timestamp.join(" ")}`}`,
    `Ratified: ${plural(status.ratified.packages, "package")}, ${plural(status.ratified.publishers, "publisher")}${notYetText(status.ratified.notYet)}`,
    ...(status.waiting.length > 0
      ? ["Waiting for signatures:", ...status.waiting.map((line) => `  ${line}`)]
      : []),
    ...(status.due.length > 0 ? ["Due:"] : status.waiting.length > 0 ? [] : ["Nothing is due."]),
    ...status.due.map((line) => `  ${line}`),
    `A view that is not renewed (trust renew, daily) counts as old after ${trust.timestamp} days, and nothing new is installed from it ${graceDays} days later.`,
    "Scheduled jobs of a forge may stop by themselves where nobody commits for two months: look at them.",
  ].join("\n");
}

/** What the newest root and targets say, for who is to sign them: those of `files`; `ratified` is what is new there. */
export function sayingLines(
  state: CeremonyState,
  files: ReadonlySet<string>,
  ratified: readonly string[],
): string[] {
  const { root, targets, online, timestamp } = holdersOf(state);
  const { version, expires } = newestRoot(state).signed;
  const { claims, publishers, maintainers } = state.ratified.value;
  const keys = (listed: Holders["online"]) => listed.map(({ id }) => `    ${id}`);
  const about = state.targets.signed;
  return [
    ...(files.has(rootFile(version))
      ? [
          `  root ${version}, until ${day(dateText(expires))}: the next root is signed by ${root.threshold} of`,
          ...keys(root.keys),
          `  targets by ${targets.threshold} of`,
          ...keys(targets.keys),
          "  snapshot online by",
          ...keys(online),
          "  timestamp online by",
          ...keys(timestamp),
        ]
      : []),
    ...(files.has(targetsFile(about.version))
      ? [
          `  targets ${about.version}, until ${day(dateText(about.expires))}: ${plural(claims.size, "package")}, ${plural(publishers.size, "publisher")} and ${plural(maintainers.length, "maintainer")} ratified; new among them:`,
          ...ratified.map((line) => `    ${line}`),
          "  index online by",
          ...keys(online),
        ]
      : []),
  ];
}

/** Files that wait, each with whose signatures. */
export function lackingLines({ lacking, roots, targets }: CeremonyState): string[] {
  const keys = new Map([...roots.flatMap((root) => [...root.signed.keys]), ...targets.signed.keys]);
  return lacking.map(({ file, by, role, signed }: Lacking) => {
    const open = keysIn(
      [...role.keyids].filter((id) => !signed.includes(id)),
      keys,
    ).map(({ id }) => id);
    return `  ${file}: ${signed.length} of ${role.threshold} of ${by}; not yet ${open.join(", ")}`;
  });
}

/** Names of the source that nobody has ratified. */
function notYet(state: CeremonyState, { source, tree }: TrustSource): readonly string[] {
  return ratifiedBesides(state.ratified.value, everythingRatified(source, tree, nodeTrustPorts.hash), [])
    .added;
}

function maintainersDiffer({ ratified }: CeremonyState, { source: { listed } }: TrustSource): boolean {
  const changes = ratificationChanges(ratified.value, { ...ratified.value, maintainers: listed });
  return changes.length > 0;
}

function dueOf(
  state: CeremonyState,
  {
    waiting,
    maintainersDiffer,
  }: { readonly waiting: readonly string[]; readonly maintainersDiffer: boolean },
  now: number,
): string[] {
  const root = newestRoot(state).signed;
  const due: string[] = [];
  const soon = (expires: number) => expires - now < DUE_BEFORE_MS;
  const when = (expires: number) =>
    expires <= now ? "has run out" : `runs out on ${day(dateText(expires))}`;
  if (soon(root.expires)) due.push(`the root ${when(root.expires)}: trust rotate, then trust sign`);
  if (soon(state.targets.signed.expires))
    due.push(`targets ${when(state.targets.signed.expires)}: trust ratify, then trust sign`);
  if (maintainersDiffer)
    due.push("other maintainers are listed than were ratified: trust ratify, then trust sign");
  if (waiting.length > 0)
    due.push(`${plural(waiting.length, "name")} not ratified: trust ratify, then trust sign`);
  return due;
}

function notYetText(names: readonly string[]): string {
  if (names.length === 0) return "; every name of the source";
  const shown = names.slice(0, 5).join(", ");
  return `; not yet: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}

function signers({ keys, threshold }: KeysOfRole): string {
  return `${threshold} of ${keys.length} sign\n${keys.map(({ id }) => `  ${id}`).join("\n")}`;
}

function sameKeys({ online, timestamp }: Holders): boolean {
  const ids = (keys: Holders["online"]) =>
    keys
      .map(({ id }) => id)
      .sort()
      .join(" ");
  return ids(online) === ids(timestamp);
}

function day(date: string): string {
  return date.slice(0, 10);
}

function left(date: string, now: number): string {
  const days = Math.floor((Date.parse(date) - now) / DAY_MS);
  return days < 0 ? `ran out ${plural(-days, "day")} ago` : plural(days, "day");
}
