/** Private registries: a token gets in, and goes nowhere else. Real servers, each noting what it was sent. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import {
  CLI,
  type CliOptions,
  type CliResult,
  cliServed,
  codeOf,
  programHome,
  type Refusal,
  tempFolder,
} from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow } from "../support/published-tree.ts";
import { hasTool } from "../support/tools.ts";

const SECRET = "s3cr3t-Token_4711~abc";
const OTHER = "another-Token_0815";

interface Served {
  readonly url: string;
  /** The Authorization header of every request, and its path. */
  readonly sent: { path: string; token: string | undefined }[];
}

let signed: SignedRegistry;
let root: string;
let home: string;
let all: CliResult[] = [];
const stops: (() => Promise<void>)[] = [];

beforeAll(() => {
  const story = aRegistry({ iri: "https://acme.example/", name: "acme" });
  story.publisher(alice);
  story.package("tool").release("1.0.0", { description: "A tool" }).signedBy(alice);
  signed = signedRegistry(story);
  root = join(tempFolder("root"), "root.json");
  writeFileSync(root, signed.root);
});
beforeEach(() => {
  home = tempFolder("home");
  all = [];
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  // Whatever a test was about: no result, message or log has the token.
  for (const { stdout, stderr } of all) expect(stdout + stderr).not.toMatch(/s3cr3t|another-Token/);
});

type Answer = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves the tree to who sends `Bearer <token>`; `first` may answer instead. */
async function served(token: string | undefined, first: Answer = () => false): Promise<Served> {
  const sent: Served["sent"] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    sent.push({ path, token: request.headers.authorization });
    if (first(path, request, response)) return;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { "www-authenticate": "Bearer" }).end("no");
      return;
    }
    const bytes = signed.files.get(path);
    response.statusCode = bytes === undefined ? 404 : 200;
    response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  stops.push(() => new Promise((done) => (server.close(() => done()), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent };
}

async function run(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await cliServed(words, { home, ...options });
  all.push(result);
  return result;
}

const add = (url: string, options: CliOptions = {}, ...more: string[]) =>
  run(["registry", "add", url, "--root", root, ...more], options);
const addPrivate = (url: string) => add(url, { input: `${SECRET}\n` }, "--name", "acme", "--token-stdin");
const tokens = () => join(programHome(home), "tokens.json");
const error = (result: CliResult) => result.json<Refusal>().error;

describe("a private registry", () => {
  test("is added, read, mirrored and installed from with a token from stdin", async () => {
    const { url } = await served(SECRET);
    expect(await addPrivate(url)).toMatchObject({ code: 0 });
    expect(statSync(tokens()).mode & 0o777).toBe(0o600);
    expect((await run(["list"])).stdout).toContain("A tool");
    expect((await run(["sync", "--archives"])).code).toBe(0);
    const project = tempFolder("project");
    expect((await run(["install", "tool", "--project", project])).code).toBe(0);
    expect((await run(["list", "--registry", url])).code).toBe(0);
    // Offline no token is needed, nor read.
    writeFileSync(tokens(), "damaged");
    expect((await run(["list", "--offline"])).code).toBe(0);
  });

  test("wants a token, and says which command gives it", async () => {
    const { url } = await served(SECRET);
    const words = (more: string[]) => [...more, "--json"];
    const stranger = error(await run(words(["list", "--registry", url, "--root", root])));
    expect(stranger).toMatchObject({
      code: "TOKEN_NEEDED",
      hint: expect.stringMatching(/registry add http:\S+ --root SHA256 --token-stdin/),
    });
    expect(error(await add(url, {}, "--json")).code).toBe("TOKEN_NEEDED");
    expect(existsSync(join(programHome(home), "trust", "registries.json"))).toBe(false);
    await addPrivate(url);
    expect((await run(["registry", "logout", "acme"])).stdout).toContain("deleted here");
    expect(error(await run(words(["sync"])))).toMatchObject({
      code: "TOKEN_NEEDED",
      hint: expect.stringContaining("ggen-marketplace registry login acme"),
    });
    expect((await run(["registry", "login", "acme"], { input: SECRET })).code).toBe(0);
    expect((await run(["sync"])).code).toBe(0);
    expect((await run(["registry", "login", "acme"], { input: OTHER })).code).toBe(0);
    expect(error(await run(words(["sync"])))).toMatchObject({
      code: "TOKEN_REFUSED",
      hint: expect.stringContaining("registry login acme"),
    });
  });

  test("that refuses a token for what it may not read is another error than one without", async () => {
    const { url } = await served(SECRET, (path, _request, response) => {
      if (path !== "trust/timestamp.json") return false;
      response.writeHead(403).end();
      return true;
    });
    expect(error(await add(url, { input: SECRET }, "--token-stdin", "--json"))).toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("does not let this token read it"),
    });
    expect(existsSync(tokens())).toBe(false);
  });

  test("takes a token from the environment, by its name, and that comes before what is kept", async () => {
    const { url } = await served(SECRET);
    const env = { GGEN_MARKETPLACE_TOKEN_ACME: SECRET };
    expect((await add(url, { env }, "--name", "acme")).code).toBe(0);
    expect(existsSync(tokens())).toBe(false);
    expect((await run(["sync"], { env })).code).toBe(0);
    expect(codeOf(await run(["sync", "--json"]))).toBe("TOKEN_NEEDED");
    const login = await run(["registry", "login", "acme"], { env, input: OTHER });
    expect(login.stderr).toContain("GGEN_MARKETPLACE_TOKEN_ACME is set, and comes before");
    expect((await run(["sync"], { env })).code).toBe(0);
    const bad = { GGEN_MARKETPLACE_TOKEN_ACME: `${SECRET} and\r\nX-More: 1` };
    expect(error(await run(["sync", "--json"], { env: bad })).code).toBe("TOKEN_INVALID");
  });

  test.each([
    ["", 2],
    [" \n", 2],
    ["two words", 1],
    [`${SECRET}\r\nX-Header: 1`, 1],
    ["tökén", 1],
    ["x".repeat(4097), 1],
  ])("a token that is none is refused, and nothing is kept: %j", async (input, code) => {
    const { url, sent } = await served(undefined);
    expect((await add(url, {}, "--name", "acme")).code).toBe(0);
    const before = sent.length;
    expect((await run(["registry", "login", "acme"], { input })).code).toBe(code);
    expect((await add(url, { input }, "--name", "acme", "--token-stdin")).code).toBe(code);
    expect(existsSync(tokens())).toBe(false);
    expect(sent.length).toBe(before);
  });

  test("is warned of where others can read the tokens", async () => {
    const { url } = await served(SECRET);
    await addPrivate(url);
    expect((await run(["sync"])).stderr).not.toContain("chmod");
    chmodSync(tokens(), 0o644);
    expect((await run(["sync"])).stderr).toContain(`others on this machine can read your tokens: chmod 600`);
    await run(["registry", "login", "acme"], { input: SECRET });
    expect(statSync(tokens()).mode & 0o777).toBe(0o600);
  });

  test.each([
    '{"format":1,"tokens":[{"location":"x","token":"s3cr3t',
    '{"format":2,"tokens":[]}',
    '{"format":1,"tokens":[{"location":1,"token":"s3cr3t"}]}',
    `{"format":1,"tokens":[{"location":"x","token":"s3cr3t\\nx"}]}`,
    "",
  ])("a damaged file of tokens is said, and not quoted: %j", async (text) => {
    const { url } = await served(SECRET);
    await addPrivate(url);
    writeFileSync(tokens(), text);
    expect(error(await run(["sync", "--json"]))).toMatchObject({
      code: "TOKENS_UNREADABLE",
      hint: expect.stringContaining("registry login"),
    });
  });

  test("is forgotten with its token", async () => {
    const { url } = await served(SECRET);
    await addPrivate(url);
    expect((await run(["registry", "remove", "acme"])).code).toBe(0);
    expect(readFileSync(tokens(), "utf8")).not.toContain(SECRET);
    expect((await run(["registry", "logout", "acme", "--json"])).code).toBe(1);
  });
});

describe("a token is not", () => {
  test("a word of a call, nor repeated where somebody writes it there", async () => {
    const { url } = await served(SECRET);
    await addPrivate(url);
    for (const words of [
      ["registry", "login", "acme", SECRET],
      ["registry", "login", SECRET],
      ["registry", "logout", SECRET],
      ["registry", "login", "acme", "--token", SECRET],
      ["registry", "login", "acme", `--token=${SECRET}`],
      ["registry", "add", url, "--root", root, `--token-stdin=${SECRET}`],
      ["registry", "add", url, SECRET, "--root", root, "--token-stdin"],
    ])
      for (const more of [[], ["--json"]]) {
        const refused = await run([...words, ...more]);
        expect([words, refused.code === 0]).toEqual([words, false]);
      }
  });

  test("sent to another origin that the registry leads to, nor sent again when that leads back", async () => {
    let there: Served;
    const here = await served(undefined, (path, request, response) => {
      if (request.headers.authorization !== `Bearer ${SECRET}` || !path.startsWith("archives/")) return false;
      response.writeHead(302, { location: `${there.url}${path}` }).end();
      return true;
    });
    there = await served(undefined, (path, _request, response) => {
      if (!path.startsWith("archives/")) return false;
      response.writeHead(302, { location: `${here.url}${path}` }).end();
      return true;
    });
    await addPrivate(here.url);
    // To another port of this machine plain http is not followed without being allowed.
    const words = ["install", "tool", "--project", tempFolder("project"), "--allow-http"];
    expect((await run(words)).code).toBe(0);
    expect(there.sent.map(({ token }) => token)).toEqual([undefined]);
    const archives = here.sent.filter(({ path }) => path.startsWith("archives/"));
    expect(archives.map(({ token }) => token)).toEqual([`Bearer ${SECRET}`, undefined]);
  });

  test("sent to another registry, another port, or an address that was not added", async () => {
    const [mine, other] = [await served(SECRET), await served(SECRET)];
    await addPrivate(mine.url);
    for (const at of [other.url, `${mine.url}below/`])
      expect(codeOf(await run(["list", "--registry", at, "--root", root, "--json"]))).toBe("TOKEN_NEEDED");
    const below = mine.sent.filter(({ path }) => path.startsWith("below/"));
    expect(below.length).toBeGreaterThan(0);
    expect([...other.sent, ...below].every(({ token }) => token === undefined)).toBe(true);
  });

  test("got by the name of another one: it is bound to the address", async () => {
    const [mine, other] = [await served(SECRET), await served(undefined)];
    await addPrivate(mine.url);
    const file = join(programHome(home), "trust", "registries.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(mine.url, other.url));
    expect((await run(["sync"])).code).toBe(0);
    expect(other.sent.length).toBeGreaterThan(0);
    expect(other.sent.every(({ token }) => token === undefined)).toBe(true);
  });

  test("got by a registry that calls itself like one whose token the environment has", async () => {
    const thief = await served(undefined);
    const env = { GGEN_MARKETPLACE_TOKEN_ACME: SECRET };
    const refused = await add(thief.url, { env }, "--json");
    expect(refused.code).toBe(2);
    expect(error(refused)).toMatchObject({ hint: expect.stringContaining("--name acme") });
    expect((await add(thief.url, { env }, "--name", "other")).code).toBe(0);
    expect((await run(["sync", "--registry", "other"], { env })).code).toBe(0);
    expect(thief.sent.every(({ token }) => token === undefined)).toBe(true);
  });

  test("sent in the clear over a network, or wanted for a folder", async () => {
    const folder = tempFolder("tree");
    for (const [path, bytes] of signed.files) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const words = ["--root", root, "--token-stdin", "--json"];
    for (const at of [folder, "http://192.0.2.1/"]) {
      const refused = await run(["registry", "add", at, ...words, "--allow-http"], { input: SECRET });
      expect(error(refused).code).toBe("TOKEN_NEEDS_HTTPS");
    }
    expect((await run(["registry", "add", folder, "--root", root, "--name", "here"])).code).toBe(0);
    expect(codeOf(await run(["registry", "login", "here", "--json"], { input: SECRET }))).toBe(
      "TOKEN_NEEDS_HTTPS",
    );
  });

  test("in any file but its own, nor in a mirrored copy", async () => {
    const { url } = await served(SECRET);
    await addPrivate(url);
    const [project, copy] = [tempFolder("project"), tempFolder("copy")];
    expect((await run(["sync", "--archives"])).code).toBe(0);
    expect((await run(["install", "tool", "--project", project])).code).toBe(0);
    expect((await run(["mirror", copy])).code).toBe(0);
    await run(["config", "list", "--show-origin", "--json"]);
    await run(["registry", "list", "--json"]);
    for (const folder of [project, copy, home])
      for (const [path, bytes] of filesBelow(folder))
        if (!path.endsWith("tokens.json"))
          expect([path, Buffer.from(bytes).includes(SECRET)]).toEqual([path, false]);
    expect(readFileSync(tokens(), "utf8")).toContain(SECRET);
  });

  test("read from a project, nor is an address", async () => {
    const { url, sent } = await served(SECRET);
    expect((await add(url, {}, "--name", "acme")).code).toBe(1);
    const cwd = tempFolder("project");
    writeFileSync(
      join(cwd, "tokens.json"),
      JSON.stringify({ format: 1, tokens: [{ location: url, token: SECRET }] }),
    );
    writeFileSync(join(cwd, ".env"), `GGEN_MARKETPLACE_TOKEN_ACME=${SECRET}\n`);
    expect((await run(["list", "--registry", url, "--root", root], { cwd })).code).toBe(1);
    expect(sent.every(({ token }) => token === undefined)).toBe(true);
  });
});

test.skipIf(!hasTool("script"))("a token is typed unseen at a terminal", async () => {
  const { url } = await served(undefined);
  expect((await add(url, {}, "--name", "acme")).code).toBe(0);
  const { status, stdout } = spawnSync(
    "script",
    ["-qefc", `${process.execPath} ${CLI} registry login acme`, "/dev/null"],
    {
      input: `${SECRET}\n`,
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm", GGEN_MARKETPLACE_HOME: programHome(home) },
    },
  );
  expect(status).toBe(0);
  expect(stdout).toContain("Token (not shown): ");
  expect(readFileSync(tokens(), "utf8")).toContain(SECRET);
  // What comes before the question is the terminal's own echo of what `script` typed ahead.
  expect(stdout.slice(stdout.indexOf("Token (not shown): "))).not.toContain(SECRET);
});
