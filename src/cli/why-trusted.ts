import { type WhyTrusted, whyTrusted } from "../client/why-trusted.ts";
import type { Run } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { plural } from "./refused.ts";
import { callWith } from "./several-registries.ts";
import type { Terminal } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";

export const run: Run = async (args, options, context) => {
  const spec = parsePackageSpec(args[0] ?? "");
  const why = await onRegistry(
    await callWith(spec.name, options, context),
    context,
    async (registry) => {
      const record = await registry.show(spec.name);
      if (record === undefined) throw await unknownPackage(spec.name, registry);
      return whyTrusted(registry, spec.name, spec.wanted ?? record.latest);
    },
    { whole: true },
  );
  context.terminal.warnings(why.notices);
  context.terminal.result(why, () => text(why, context.terminal));
  return undefined;
};

const LABEL_WIDTH = 12;

function text(why: WhyTrusted, terminal: Terminal): string {
  const rows: (readonly [label: string, says: string, by?: readonly string[]])[] = [
    ...why.roles.map(
      ({ role, version, signedBy, threshold, keys, expires }) =>
        [
          role,
          `version ${version}, until ${expires.slice(0, 10)}, signed by ${signedBy.length} (${threshold} of ${keys} must)`,
          signedBy,
        ] as const,
    ),
    ["index root", why.indexRoot],
    ["claim", `${why.claim.digest} by ${why.claim.by}, ${ratified(why.claim.ratified)}`, [why.claim.key]],
    ["owner", `${why.owner.name}, registered by ${why.owner.registration}, ${ratified(why.owner.ratified)}`],
    ["key", `${why.key.id}, ${why.key.state}`],
    ["signature", `over release ${why.release}${why.standing === "fallen" ? ", which has fallen" : ""}`],
    ["files", `package.toml and ${plural(why.files - 1, "file")}, each with the sha256 that was signed`],
  ];
  const head = why.development
    ? `${why.package} ${why.version}: signed for this machine alone, by its development root`
    : `${why.package} ${why.version} is from ${why.registry}, as the root that you trust says`;
  const lines = rows.flatMap(([label, says, by = []], at) => [
    `${at === rows.length - 1 ? "└" : "├"} ${label.padEnd(LABEL_WIDTH)}${says}`,
    ...by.map((key) => `${at === rows.length - 1 ? " " : "│"} ${" ".repeat(LABEL_WIDTH)}${key}`),
  ]);
  return [terminal.style("bold", head), ...lines].join("\n");
}

function ratified(is: boolean): string {
  return is ? "ratified by the holders of the root" : "not ratified yet: on the word of CI's key alone";
}
