/**
 * Programs that are killed, and many at once. A short form of each runs with all tests; `npm run test:heavy` kills
 * 200 times and starts 100 at once.
 */
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { mapInOrder } from "../../src/base/in-order.ts";
import { type CliResult, cli, cliServed, codeOf, startCli, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

const heavy = process.env.MODE === "heavy";
const KILLS = heavy ? 200 : 12;
const AT_ONCE = heavy ? 100 : 8;
const HOUR_MS = 60 * 60 * 1000;

let tree: string;
let home: string;
beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
  home = tempFolder("home");
});

const install = (project: string, ...words: readonly string[]) =>
  ["install", ...words, "--allow", "all", "--registry", tree, "--project", project, "--json"] as const;

/** The project's own files; the program's passing ones are not among them. */
function stateOf(project: string): ReadonlyMap<string, string> {
  const files = [...filesBelow(project)].filter(([path]) => !path.startsWith(".ggen-marketplace"));
  return new Map(files.map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]));
}

function aProject(): string {
  const project = tempFolder("project");
  writeFileSync(join(project, "ggen.toml"), "# mine\n[packs]\n");
  expect(cli(install(project, "left"), { home }).code).toBe(0);
  return project;
}

describe("a change that is killed", () => {
  test(
    "leaves the state before it or the one after it, and the next program goes on from there",
    async () => {
      const before = aProject();
      const after = tempFolder("project");
      cpSync(before, after, { recursive: true });
      const started = performance.now();
      const done = await cliServed(install(after, "tool"), { home });
      const length = performance.now() - started;
      expect(done.code).toBe(0);
      const states = [stateOf(before), stateOf(after)];
      const seen = new Set<number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const project = tempFolder("project");
        cpSync(before, project, { recursive: true });
        const child = startCli(install(project, "tool"), { home });
        const ended = new Promise((resolve) => child.once("close", resolve));
        // Most of the time goes by before anything is written: more are killed towards the end, the last not at all.
        const share = kill / (KILLS - 1);
        if (share < 1) {
          await sleep(length * (kill % 4 === 0 ? share : 0.6 + share));
          child.kill("SIGKILL");
        }
        await ended;
        expect(cli(["tree", "--project", project, "--json"], { home }).code).toBe(0);
        const state = stateOf(project);
        const which = states.findIndex((one) => JSON.stringify([...one]) === JSON.stringify([...state]));
        expect(which, `after kill ${kill} there is ${[...state.keys()].join(", ")}`).toBeGreaterThanOrEqual(
          0,
        );
        seen.add(which);
        if (kill % 10 === 0) {
          expect(cli(install(project, "tool"), { home }).code).toBe(0);
          expect(stateOf(project)).toEqual(states[1]);
        }
      }
      // Else nothing was killed in time, or everything before it began.
      expect([...seen].sort()).toEqual([0, 1]);
    },
    HOUR_MS,
  );
});

describe("two programs on one project", () => {
  test(
    "that each add a package: both are there in the end",
    async () => {
      for (let round = 0; round < (heavy ? 20 : 2); round++) {
        const project = aProject();
        const results = await Promise.all([
          cliServed(install(project, "tool"), { home }),
          cliServed(install(project, "old"), { home }),
        ]);
        expect(results.map(({ code }) => code)).toEqual([0, 0]);
        const { ok, verified } = verify(project);
        expect(ok).toBe(true);
        expect(verified.map(({ what }) => what)).toEqual([
          "left@1.0.0",
          "old@0.9.0",
          "shared@1.0.0",
          "tool@1.0.0",
        ]);
      }
    },
    HOUR_MS,
  );

  test(
    "that ask for what does not go together: one of them is done, the other is refused, and nothing is mixed",
    async () => {
      for (let round = 0; round < (heavy ? 20 : 2); round++) {
        const project = tempFolder("project");
        const results = await Promise.all([
          cliServed(install(project, "left"), { home }),
          cliServed(install(project, "right"), { home }),
        ]);
        expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
        expect(codeOf(results.find(({ code }) => code === 1) as CliResult)).toBe("RESOLVE_CONFLICT");
        expect(verify(project).ok).toBe(true);
        const packs = readdirSync(join(project, "packs"));
        expect(["left", "right"].filter((name) => packs.includes(name))).toHaveLength(1);
      }
    },
    HOUR_MS,
  );

  function verify(project: string) {
    return cli(["verify", "--registry", tree, "--project", project, "--json"], { home }).json<{
      ok: boolean;
      verified: { what: string }[];
    }>();
  }
});

describe("many programs at once", () => {
  test(
    "install in different projects out of one store, over http, and all of it is whole",
    async () => {
      const server = startCli(["serve", tree, "--port", "0", "--json"], { home });
      const url = await new Promise<string>((done) =>
        server.stdout.once("data", (bytes: Buffer) =>
          done((JSON.parse(String(bytes)) as { url: string }).url),
        ),
      );
      const fresh = tempFolder("home");
      const root = join(tree, "trust/1.root.json");
      const words = ["--registry", url, "--root", root];
      const projects = Array.from({ length: AT_ONCE }, () => tempFolder("project"));
      const codes = await Promise.all(
        projects.map(async (project) => {
          const done = await cliServed(
            ["install", "tool", "left", "--allow", "all", ...words, "--project", project],
            { home: fresh },
          );
          return done.code === 0 ? 0 : done.stderr;
        }),
      );
      expect(codes).toEqual(projects.map(() => 0));
      const [first, ...others] = projects.map(stateOf);
      for (const state of others) expect(state).toEqual(first);
      const kept = cli(["cache", "verify", "--json"], { home: fresh }).json<{ damaged: unknown[] }>();
      expect(kept.damaged).toEqual([]);
      server.kill("SIGINT");
    },
    HOUR_MS,
  );

  test(
    "search: all succeed, and what one of them fetched serves the next",
    async () => {
      let requests = 0;
      const { createServer } = process.getBuiltinModule("node:http");
      const files = filesBelow(tree);
      const server = createServer((request, response) => {
        requests++;
        const bytes = files.get((request.url ?? "").slice(1));
        response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
      });
      const port = await new Promise<number>((done) =>
        server.listen(0, "127.0.0.1", () => done((server.address() as { port: number }).port)),
      );
      const fresh = tempFolder("home");
      const words = ["--registry", `http://127.0.0.1:${port}/`, "--root", join(tree, "trust/1.root.json")];
      const search = () => cliServed(["search", "text", ...words, "--json"], { home: fresh });
      const run = async () => {
        requests = 0;
        const results = await mapInOrder(Array.from({ length: AT_ONCE }), AT_ONCE, search);
        for (const result of results) expect([result.code, result.stderr]).toEqual([0, expect.anything()]);
        const found = results.map((result) => result.json<{ packages: { name: string }[] }>().packages);
        for (const packages of found) expect(packages.map(({ name }) => name)).toContain("tool");
        return requests;
      };
      const cold = await run();
      const warm = await run();
      // What is asked anew is whether the view is current still, at most once an hour; nothing else.
      expect(1 - warm / cold).toBeGreaterThan(0.8);
      expect(existsSync(join(fresh, "ggen-marketplace"))).toBe(true);
      server.close();
    },
    HOUR_MS,
  );
});
