/**
 * Forms of values that were read as JSON: what a stranger's record must look like before it is given a type.
 *
 *     const isPoint = object({ x: count, y: count }, { label: text });     // x and y required, label optional
 *     if (!isPoint(JSON.parse(text))) …
 *
 * Keys that a form does not name are allowed: a newer writer may add some.
 */
export type Shape = (value: unknown) => boolean;

export const text: Shape = (value) => typeof value === "string";
export const flag: Shape = (value) => typeof value === "boolean";
/** A whole number from 0 up. */
export const count: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

export function matching(test: (text: string) => boolean): Shape {
  return (value) => typeof value === "string" && test(value);
}

export function list(item: Shape): Shape {
  return (value) => Array.isArray(value) && value.every((entry: unknown) => item(entry));
}

export function tuple(...items: readonly Shape[]): Shape {
  return (value) =>
    Array.isArray(value) && value.length === items.length && items.every((item, at) => item(value[at]));
}

export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const needed = Object.entries(required);
  const allowed = Object.entries(optional);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const member = (key: string): unknown =>
      Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    return (
      needed.every(([key, shape]) => shape(member(key))) &&
      allowed.every(([key, shape]) => member(key) === undefined || shape(member(key)))
    );
  };
}
