/**
 * Runs git over a checkout that strangers may have made, so that nothing it names is ever started.
 *
 *   environment     none of the caller's GIT_ variables but those that say where a person's settings are
 *   -c              no hooks, no file system monitor, no pager, no protocol, no bare repository that a
 *                   checkout holds as files
 *   GIT_CONFIG_*    every filter driver that is configured anywhere has no command; a setting's name is
 *                   taken whole there, while `-c` ends it at its first "="
 *
 * What is asked is bounded in time and in bytes.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";

/** A listing of a registry of a million files is about 150 MB. */
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;
const ERROR_TEXT_MAX = 4096;
const TIME_MS_MAX = 120_000;
/** People have a handful (git-lfs and the like); a larger number is nobody's setting. */
const FILTERS_MAX = 100;

/** Of git's own command line, which takes `name=value`: no name here has a "=". */
const SAFE_OPTIONS = [
  ...["--no-pager", "--no-replace-objects", "--literal-pathspecs"],
  ...[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=keep",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
  ].flatMap((setting) => ["-c", setting]),
];

/** Variables of git's that only say where a person's own configuration is; every other one is removed. */
const KEPT_VARIABLES = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES)$/;

/** Settings on top of every configuration, as [name, value]. */
export type GitSettings = readonly (readonly [name: string, value: string])[];

function environment(settings: GitSettings): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.toUpperCase().startsWith("GIT_") || KEPT_VARIABLES.test(name)) env[name] = value;
  }
  return {
    ...env,
    ...asVariables(settings, env.GIT_CONFIG_COUNT),
    ...{
      LC_ALL: "C",
      LANGUAGE: "C",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
    },
    // A protocol of this name does not exist; the variable also overrules `protocol.<name>.allow`.
    ...{ GIT_ALLOW_PROTOCOL: "none", GIT_TERMINAL_PROMPT: "0", GIT_ATTR_NOSYSTEM: "1" },
  };
}

/** After those that the person has set in this way. A count that git would refuse stays, for git to refuse it. */
function asVariables(settings: GitSettings, count: string | undefined): NodeJS.ProcessEnv {
  if (settings.length === 0) return {};
  const before = count === undefined || count === "" ? 0 : Number(count);
  if (!Number.isSafeInteger(before) || before < 0) return {};
  const variables: NodeJS.ProcessEnv = { GIT_CONFIG_COUNT: String(before + settings.length) };
  for (const [at, [name, value]] of settings.entries()) {
    variables[`GIT_CONFIG_KEY_${before + at}`] = name;
    variables[`GIT_CONFIG_VALUE_${before + at}`] = value;
  }
  return variables;
}

export interface GitInput {
  readonly input?: string;
  readonly settings?: GitSettings;
}

export function run(
  folder: string,
  args: readonly string[],
  { input = "", settings = [] }: GitInput = {},
): SpawnSyncReturns<Buffer> {
  return spawnSync("git", [...SAFE_OPTIONS, ...args], {
    cwd: folder,
    env: environment(settings),
    input,
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: TIME_MS_MAX,
    windowsHide: true,
  });
}

export function output(folder: string, args: readonly string[], settings: GitSettings = []): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const git = spawn("git", [...SAFE_OPTIONS, ...args], {
      cwd: folder,
      env: environment(settings),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIME_MS_MAX,
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    let complaint = "";
    git.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > OUTPUT_BYTES_MAX) git.kill("SIGKILL");
      else chunks.push(chunk);
    });
    git.stderr.on("data", (chunk: Buffer) => {
      if (complaint.length < ERROR_TEXT_MAX) complaint += chunk.toString("utf8");
    });
    git.on("error", (error) => reject(gitError(args, error.message, error)));
    git.on("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(chunks));
      else reject(gitError(args, complaint.trim() || `it was stopped (${signal ?? status})`));
    });
  });
}

/**
 * Settings that leave every configured filter driver without a command, or why there can be none. `git
 * status` would else start a clean filter, one that the checkout's own configuration may name, on each
 * file whose time changed. Git itself is asked whether they hold: an old one knows no such variables.
 */
export function withoutFilters(
  folder: string,
): GitSettings | { readonly reason: string; readonly remedy: string } {
  const keys = filterKeys(run(folder, ["config", "--null", "--list"]));
  if (keys === undefined) return unusable("git cannot list the checkout's settings");
  if (keys.some(({ name }) => name === undefined))
    return unusable("its git settings have a filter whose name is not UTF-8");
  const names = new Set(keys.map(({ name = "" }) => name));
  if (names.size > FILTERS_MAX)
    return unusable(
      `its git settings have ${names.size} filters, and at most ${FILTERS_MAX} are switched off`,
    );
  const settings = [...names].flatMap((name) => [
    [`filter.${name}.clean`, ""] as const,
    [`filter.${name}.smudge`, ""] as const,
    [`filter.${name}.process`, ""] as const,
    [`filter.${name}.required`, "false"] as const,
  ]);
  if (settings.length === 0) return settings;
  const now = filterKeys(run(folder, ["config", "--null", "--list"], { settings }));
  // The last value of a setting is the one that holds.
  const last = new Map(now?.map(({ key, value }) => [key, value]));
  if (settings.every(([key, value]) => last.get(key) === value)) return settings;
  return unusable("this git does not let its filters be switched off (2.31 and newer do)");
}

function unusable(reason: string): { readonly reason: string; readonly remedy: string } {
  return { reason, remedy: "clone the registry again, or look at the checkout's .git/config" };
}

interface FilterKey {
  readonly key: string;
  readonly value: string;
  /** The driver's; `undefined` where it is not UTF-8. */
  readonly name: string | undefined;
}

/** Of `git config --null --list` ("key\nvalue\0" each): what is set of filter drivers. `undefined` where it failed. */
function filterKeys(listed: SpawnSyncReturns<Buffer>): FilterKey[] | undefined {
  if (listed.error !== undefined || listed.status !== 0) return undefined;
  const keys: FilterKey[] = [];
  for (const line of listed.stdout.toString("latin1").split("\0")) {
    const end = line.indexOf("\n");
    const bytes = Buffer.from(end === -1 ? line : line.slice(0, end), "latin1");
    const key = bytes.toString("utf8");
    const driver = /^filter\.(.*)\.[a-z0-9-]+$/is.exec(key);
    if (driver === null) continue;
    const isUtf8 = Buffer.from(key, "utf8").equals(bytes);
    keys.push({ key, value: end === -1 ? "" : line.slice(end + 1), name: isUtf8 ? driver[1] : undefined });
  }
  return keys;
}

export function errorText(result: SpawnSyncReturns<Buffer>): string {
  return visible(result.stderr.toString("utf8", 0, ERROR_TEXT_MAX).trim().split("\n")[0] ?? "");
}

export function gitError(args: readonly string[], reason: string, cause?: unknown): RegistryError {
  const command = args.find((arg) => /^[a-z]+(-[a-z]+)+$|^status$/.test(arg)) ?? args[0] ?? "";
  return new RegistryError(
    "GIT_FAILED",
    `Cannot read the git checkout: git ${command} failed: ${visible(reason.slice(0, ERROR_TEXT_MAX))}`,
    "run the same command in the registry's folder and mend what it says, or copy the registry out of the checkout",
    { cause },
  );
}
