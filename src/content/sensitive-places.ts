/**
 * Places where a file does more than lie there: it is run by CI, by git, by an editor, by a shell, by a build.
 * A template that writes to one of them needs no shell command of its own to have code run.
 *
 * Case, Unicode form, invisible characters, and dots and spaces at the end of a part are ignored, as file
 * systems ignore them. A place counts at any depth, for what is a folder here may be a project of its own.
 */
import { UNSEEN_BEYOND_ASCII } from "../base/visible.ts";
import { foldPath } from "../manifest/path.ts";

/** A place, its parts separated by "/", and what becomes of a file there. `*` ends a part that may go on. */
const PLACES: readonly (readonly [place: string, what: string])[] = [
  [".github/workflows", "runs in CI"],
  [".github/actions", "runs in CI"],
  [".github", "steers the repository's host"],
  [".gitea/workflows", "runs in CI"],
  [".forgejo/workflows", "runs in CI"],
  [".gitlab-ci.yml", "runs in CI"],
  [".circleci", "runs in CI"],
  ["azure-pipelines.yml", "runs in CI"],
  ["Jenkinsfile", "runs in CI"],
  [".git*", "git acts on it"],
  [".husky", "runs with git's commands"],
  [".pre-commit-config.yaml", "runs with git's commands"],
  ["lefthook.yml", "runs with git's commands"],
  [".vscode", "the editor acts on it"],
  [".idea", "the editor acts on it"],
  [".devcontainer", "the editor acts on it"],
  [".envrc", "runs when a shell enters the folder"],
  [".npmrc", "steers npm"],
  [".cargo", "steers cargo"],
  ["build.rs", "runs when cargo builds"],
  ["package.json", "its scripts run with npm"],
  ["Makefile", "runs with make"],
  ["GNUmakefile", "runs with make"],
  ["justfile", "runs with just"],
];

const SHOWN_CHARS_MAX = 80;
const UNSEEN = new RegExp(`[\\u0000-\\u001f${UNSEEN_BEYOND_ASCII}]`, "gu");

/** The place that a template's `to` leads into, as written here, and what becomes of a file there. */
export interface SensitivePlace {
  readonly place: string;
  readonly what: string;
}

export function sensitivePlace(to: string): SensitivePlace | undefined {
  const path = foldPath(to.replace(UNSEEN, "").trim()).replaceAll("\\", "/");
  if (path.startsWith("~")) return { place: "~", what: "your home folder, outside the project" };
  if (path.startsWith("/") || /^[a-z]:/.test(path))
    return { place: path.slice(0, SHOWN_CHARS_MAX), what: "outside the project" };
  const parts = partsOf(path);
  if (parts[0] === "..") return { place: "..", what: "outside the project" };
  for (const [place, what] of PLACES) {
    const found = within(parts, place.toLowerCase().split("/"));
    if (found !== undefined) return { place: place.endsWith("*") ? found : place, what };
  }
  return undefined;
}

/** Those that a release's outputs lead into, each place once. */
export function sensitivePlaces(outputs: readonly string[]): SensitivePlace[] {
  const found = outputs.map(sensitivePlace).filter((place) => place !== undefined);
  return [...new Map(found.map((place) => [place.place, place])).values()];
}

function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const written of path.split("/")) {
    const part = written === ".." ? written : written.replace(/[. ]+$/, "");
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "") parts.push(part);
  }
  return parts;
}

/** The parts that are the place. */
function within(parts: readonly string[], place: readonly string[]): string | undefined {
  const fits = (part: string | undefined, wanted: string) =>
    wanted.endsWith("*") ? part?.startsWith(wanted.slice(0, -1)) : part === wanted;
  const from = parts.findIndex((_, start) => place.every((wanted, at) => fits(parts[start + at], wanted)));
  return from < 0 ? undefined : parts.slice(from, from + place.length).join("/");
}
