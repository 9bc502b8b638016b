import type { Context } from "./command.ts";

export const CI_VARIABLE = "CI";

/** Whether this is a CI service's machine, by its own word. */
export function isCi(environment: Context["environment"]): boolean {
  const said = environment[CI_VARIABLE];
  return said !== undefined && said !== "" && said !== "false";
}
