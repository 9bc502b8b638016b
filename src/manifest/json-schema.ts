/**
 * The JSON Schema of package.toml, for editors: made from the schema that the parser runs, and weaker
 * only where JSON Schema cannot say a rule (SPDX expressions, ranges, a name in two tables).
 *
 * In a file of its own, so that nothing that only reads manifests loads the converter.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import { PackageTomlSchema } from "./package-schema.ts";
import { ruleOf } from "./rule.ts";

/** JSON Schema, draft 2020-12. Dates are strings there, as TOML tools give them. */
export function packageTomlJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(PackageTomlSchema, {
    target: "draft-2020-12",
    // The last schema of a pipe says the type: those before it are guards (a list's length).
    typeMode: "output",
    overrideAction: ({ valibotAction, jsonSchema }) => {
      const rule = "requirement" in valibotAction ? ruleOf(valibotAction.requirement) : undefined;
      if (rule === undefined) return undefined;
      return {
        ...jsonSchema,
        ...rule.jsonSchema,
        description: `Must be ${rule.expected} (rule ${rule.rule})`,
      };
    },
  });
  return {
    ...schema,
    title: "package.toml, format 1",
    patternProperties: { "^x-.": { type: "object" } },
  };
}
