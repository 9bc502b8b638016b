/**
 * Asks before a package is installed that may do more than write new files: each line of what it may do is shown, and
 * a person says yes, at the terminal or by --allow. What was agreed to is kept by release (node/consent-store.ts); a
 * later release asks again where it may do something else besides.
 *
 * A lock that came with a project is no answer, but in CI, where whoever wrote the lock answered.
 */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { CONSENT_KINDS, type ConsentKind, consentFacts, consentKinds } from "../content/consent.ts";
import { ConsentStore } from "../node/consent-store.ts";
import { homeFolders } from "../node/home.ts";
import type { Lock } from "../node/lock.ts";
import { isCi } from "./ci.ts";
import { type Context, type Options, UsageError } from "./command.ts";
import { permissionLines } from "./permission-text.ts";
import { type PreparedRelease, permissionsOf } from "./prepared.ts";
import { plural } from "./refused.ts";

/** Which kinds the call allows: `--allow shell,overwrite`, or `all`. */
export function allowedKinds(options: Options): ReadonlySet<ConsentKind> {
  const words = (options.text("allow") ?? "").split(",").filter((word) => word !== "");
  const wrong = words.find((word) => word !== "all" && !CONSENT_KINDS.includes(word as ConsentKind));
  if (wrong !== undefined)
    throw new UsageError(`--allow takes ${CONSENT_KINDS.join(", ")} or all, got "${wrong}"`);
  return new Set(words.includes("all") ? CONSENT_KINDS : (words as ConsentKind[]));
}

/** Settles what all of `packages` may do, and keeps the answer. Throws CONSENT_NEEDED; nothing was written then. */
export async function settleConsent(
  packages: readonly PreparedRelease[],
  lock: Lock,
  options: Options,
  context: Context,
): Promise<void> {
  const allowed = allowedKinds(options);
  const store = new ConsentStore(homeFolders(context.environment).consent);
  const asking = packages.filter((one) => !isAgreed(one, store) && !isLocked(one, lock, context));
  for (const one of asking) tellPermissions(one, context);
  const open = asking.filter((one) => !isAllowed(one, allowed));
  if (options.flag("dry-run")) return;
  if (open.length > 0 && !(await isAccepted(open, options, context))) throw consentNeeded(open);
  for (const one of asking)
    store.agree(one.iri, one.release.manifest.name, agreedDigest(one), consentFacts(permissionsOf(one)));
}

/** Whether this very release was agreed to, or everything that it may do. */
function isAgreed(one: PreparedRelease, store: ConsentStore): boolean {
  const permissions = permissionsOf(one);
  if (consentKinds(permissions).length === 0) return true;
  const { releases, facts } = store.agreed(one.iri, one.release.manifest.name);
  return releases.has(agreedDigest(one)) || consentFacts(permissions).every((fact) => facts.has(fact));
}

/** An adapted form may do more than its release: a yes to the one is none to the other. */
function agreedDigest({ release, form }: PreparedRelease): Digest {
  return form?.digest ?? release.digest;
}

function isAllowed(one: PreparedRelease, allowed: ReadonlySet<ConsentKind>): boolean {
  return consentKinds(permissionsOf(one)).every((kind) => allowed.has(kind));
}

function isLocked(one: PreparedRelease, lock: Lock, { environment }: Context): boolean {
  const { release, form } = one;
  const locked = lock.packages.get(release.manifest.name);
  if (!isCi(environment) || locked?.digest !== release.digest || locked.adapted !== form?.digest)
    return false;
  return consentKinds(permissionsOf(one)).every((kind) => locked.consent?.includes(kind));
}

async function isAccepted(
  open: readonly PreparedRelease[],
  options: Options,
  { terminal }: Context,
): Promise<boolean> {
  if (options.flag("frozen")) return false;
  return terminal.confirm(`Install ${open.length === 1 ? "it" : `these ${open.length}`}?`);
}

function tellPermissions(one: PreparedRelease, { terminal }: Pick<Context, "terminal">): void {
  const { name, version } = one.release.manifest;
  terminal.notice(`${name}@${version} may do this on your machine when ggen runs it:`);
  for (const line of permissionLines(permissionsOf(one))) terminal.notice(`  ${line}`);
}

function consentNeeded(open: readonly PreparedRelease[]): RegistryError {
  const names = open.map(({ release: { manifest } }) => `${manifest.name}@${manifest.version}`);
  const kinds = new Set(open.flatMap((one) => consentKinds(permissionsOf(one))));
  const asked = CONSENT_KINDS.filter((kind) => kinds.has(kind)).join(",");
  return new RegistryError(
    "CONSENT_NEEDED",
    `${names.join(", ")}: ${plural(open.length, "package")} may do more here than write new files, and nobody agreed to it; nothing was changed`,
    `read what is said above, then answer at a terminal, or give --allow ${asked}`,
  );
}
