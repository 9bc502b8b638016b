/** The maturity of every package that a call means, for `list`. */
import { type Assessment, assess } from "../quality/assess.ts";
import type { Context, Options } from "./command.ts";
import { judgeAll } from "./quality-evidence.ts";

interface Named {
  readonly name: string;
  readonly registry?: string;
}

export async function assessmentsByName(
  options: Options,
  context: Context,
): Promise<(entry: Named) => Assessment | undefined> {
  const key = ({ registry = "", name }: Named) => `${registry}/${name}`;
  const judged = await judgeAll<Assessment>(options, context, assess);
  const assessments = new Map(judged.map((one) => [key({ ...one, name: one.package }), one]));
  return (entry) => assessments.get(key(entry));
}
