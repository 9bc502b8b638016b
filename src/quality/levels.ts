/** The levels of maturity, lowest first: the words and bounds that people know. */

export const MATURITY_LEVELS = ["experimental", "beta", "production", "enterprise"] as const;
export type MaturityLevel = (typeof MATURITY_LEVELS)[number];

/** Of a hundred: a score up to this is of the level; what is above the last is of the highest. */
export const LEVEL_BOUNDS = { experimental: 40, beta: 60, production: 80, enterprise: 100 } as const;

export const LEVEL_DESCRIPTIONS: Readonly<Record<MaturityLevel, string>> = {
  experimental: "To try out: much of what others would rely on is missing",
  beta: "To build on with care: the main parts are there, some that others rely on are not",
  production: "To rely on: documented, tried out, signed and kept up",
  enterprise: "To rely on where much hangs on it: little is left to ask for",
};

export function levelOf(score: number): MaturityLevel {
  return MATURITY_LEVELS.find((level) => score <= LEVEL_BOUNDS[level]) ?? "enterprise";
}

export function isLevel(text: string): text is MaturityLevel {
  return MATURITY_LEVELS.some((level) => level === text);
}

/** Whether `level` is `wanted` or above it. */
export function isAtLeast(level: MaturityLevel, wanted: MaturityLevel): boolean {
  return MATURITY_LEVELS.indexOf(level) >= MATURITY_LEVELS.indexOf(wanted);
}
