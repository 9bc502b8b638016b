/**
 * PATHPATTERN of the TUF specification (4.5): `*` for any characters of one path component, `?` for one.
 *
 *     matchesPath("index/root.json", "index/*")     true
 *     matchesPath("index/a/b", "index/*")           false: a wildcard does not pass a slash
 */

/** Both are matched component by component, in time that grows with the product of their lengths. */
export function matchesPath(path: string, pattern: string): boolean {
  const names = path.split("/");
  const patterns = pattern.split("/");
  return names.length === patterns.length && names.every((name, at) => matchesName(name, patterns[at] ?? ""));
}

/** Goes back to the last `*` only, for what an earlier one could take, the last one can too. */
function matchesName(name: string, pattern: string): boolean {
  let at = 0;
  let of = 0;
  let star = -1;
  let from = 0;
  while (at < name.length) {
    if (pattern[of] === "*") {
      star = of++;
      from = at;
    } else if (of < pattern.length && (pattern[of] === "?" || pattern[of] === name[at])) {
      of++;
      at++;
    } else if (star >= 0) {
      of = star + 1;
      at = ++from;
    } else return false;
  }
  while (pattern[of] === "*") of++;
  return of === pattern.length;
}
