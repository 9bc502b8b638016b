/** Runs the CLI as people do: the bundled program, as a process of its own, in a home of its own. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Bundled once a run by test/support/bundle-cli.ts. */
export const CLI = process.env.TEST_CLI ?? resolve("dist/cli/main.js");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON; throws where it is not. */
  readonly json: <T = Record<string, unknown>>() => T;
}

/** What `--json` prints where a command refuses. */
export interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly problems: readonly { readonly code: string; readonly message: string; readonly file?: string }[];
  };
}

export function codeOf(result: CliResult): string {
  return result.json<Refusal>().error.code;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on stdin. */
  readonly input?: string;
  /** In a room without any network, not even to this machine (`canUnplug` says where there is one). */
  readonly unplugged?: boolean;
}

/** Whether this system lets a test take the network away from a process. */
export function canUnplug(): boolean {
  return spawnSync("unshare", ["--net", "true"]).status === 0;
}

/** What every client command says on stderr of a tree that a test has built. */
export const DEVELOPMENT_NOTE =
  "note: signed with this machine's development root: good on this machine only\n";

/** A folder that goes with the machine's temporary files. */
export function tempFolder(name = "ggen-marketplace"): string {
  return mkdtempSync(join(tmpdir(), `${name}-`));
}

export function cli(args: readonly string[], options: CliOptions = {}): CliResult {
  const [program, ...words] = [
    ...(options.unplugged ? ["unshare", "--net"] : []),
    process.execPath,
    CLI,
    ...args,
  ];
  const { status, stdout, stderr } = spawnSync(program as string, words, {
    encoding: "utf8",
    cwd: options.cwd ?? process.cwd(),
    env: environment(options),
    input: options.input ?? "",
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: status, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** The same, while this process goes on: for servers, interrupts, and many at once. */
export function startCli(args: readonly string[], options: CliOptions = {}) {
  return spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: environment(options),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the program to its end while this process goes on serving it. */
export async function cliServed(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: environment(options),
  });
  child.stdin.end(options.input ?? "");
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((done) => child.once("close", done)),
  ]);
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** One development root for all homes of a test file: what one of them built, the others read. */
const DEVELOPMENT = tempFolder("development");

/** The program's folder in `home`. */
export function programHome(home: string): string {
  const folder = join(home, "ggen-marketplace");
  const development = join(folder, "development");
  if (!existsSync(development)) {
    mkdirSync(folder, { recursive: true });
    symlinkSync(DEVELOPMENT, development);
  }
  return folder;
}

/** A home that shares no development root with the others: as one of another machine. */
export function homeApart(): string {
  const home = tempFolder("home-apart");
  mkdirSync(join(home, "ggen-marketplace", "development"), { recursive: true });
  return home;
}

function environment(options: CliOptions): Record<string, string> {
  const home = options.home ?? tempFolder("home");
  return {
    PATH: process.env.PATH ?? "",
    HOME: home,
    GGEN_MARKETPLACE_HOME: programHome(home),
    TERM: "dumb",
    ...options.env,
  };
}
