/** The server for a look at a published tree. */
import { beforeAll, expect, test } from "vitest";
import { serveFolder } from "../../src/node/static-server.ts";
import { cliServed, codeOf, type Refusal, startCli, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, publishedTree } from "../support/published-tree.ts";

let tree: string;

beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
});

test("serve says where it serves, and ends with 130 on Ctrl-C", async () => {
  const child = startCli(["serve", tree, "--port", "0", "--json"]);
  const [chunk] =
    (await new Promise<Buffer[]>((done) => child.stdout.once("data", (data: Buffer) => done([data])))) ?? [];
  const { url, pages } = JSON.parse(String(chunk)) as { url: string; pages: boolean };
  expect(pages).toBe(false);
  expect((await cliServed(["list", "--registry", url])).code).toBe(0);
  child.kill("SIGINT");
  expect(await new Promise((done) => child.once("exit", done))).toBe(130);
});

test("serve says that a tree without pages has none", async () => {
  const child = startCli(["serve", tree, "--port", "0"]);
  let said = "";
  for await (const chunk of child.stderr) {
    said += String(chunk);
    if (said.includes("note:")) break;
  }
  child.kill("SIGINT");
  expect(said).toMatch(/^Serving .*\nnote: there are no catalogue pages in it/);
});

test("serve of a source names the command that builds it", async () => {
  const source = aSmallRegistry().writeTo(tempFolder("source"));
  const { error } = (await cliServed(["serve", source, "--json"])).json<Refusal>();
  expect(error).toMatchObject({
    code: "NOT_A_REGISTRY",
    hint: `build it first: ggen-marketplace build --registry ${source} --out DIR, then serve DIR`,
  });
});

test("serve of what is no published tree, and at a port that is taken", async () => {
  const empty = tempFolder("empty");
  expect(codeOf(await cliServed(["serve", empty, "--json"]))).toBe("NOT_A_REGISTRY");
  const other = await serveFolder(tree, 0, { host: "127.0.0.1" });
  const { port } = new URL(other.url);
  expect(codeOf(await cliServed(["serve", tree, "--port", port, "--host", "127.0.0.1", "--json"]))).toBe(
    "PORT_IN_USE",
  );
  expect((await cliServed(["serve", tree, "--port", "70000", "--json"])).code).toBe(2);
  expect((await cliServed(["serve", tree, "--json"], { env: { PORT: "none" } })).code).toBe(2);
  await other.stop();
});
