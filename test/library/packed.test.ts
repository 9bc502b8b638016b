/**
 * The library as its users have it: packed, installed into an empty folder, type-checked, run in Node and in a real
 * browser; and every example of docs/library.md. `UPDATE=1` writes what the examples print into the page.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CACHE_LIMITS } from "../../src/client/caches.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";
import { launchBrowser, type TestBrowser } from "../support/browser.ts";
import { cli, tempFolder } from "../support/cli.ts";
import { folderWithClient, run } from "../support/packed-client.ts";
import { aSmallRegistry, publishedTree } from "../support/published-tree.ts";

const PAGE = resolve("docs/library.md");
/** What the examples call the registry and its root. */
const EXAMPLE_ADDRESS = "https://packages.example.org/";
const EXAMPLE_ROOT = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

let app: string;
/** Has /packages/, this project's registry, /small/, the tests' one, and /client/, the package's folder. */
let site: string;
let server: StaticServer;
let browser: TestBrowser;

const rootOf = (tree: string) => nativeSha256(readFileSync(join(site, tree, "trust/1.root.json")));

beforeAll(async () => {
  app = folderWithClient();
  site = tempFolder("site");
  const built = cli(["build", "--registry", "registry", "--out", join(site, "packages")]);
  if (built.code !== 0) throw new Error(built.stderr);
  cpSync(publishedTree(aSmallRegistry()), join(site, "small"), { recursive: true });
  cpSync(join(app, "node_modules/ggen-marketplace/client"), join(site, "client"), { recursive: true });
  server = await serveFolder(site, 0);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function blockOf(page: string, kind: "example" | "output", name: string): string {
  const [found, ...more] = page.matchAll(
    new RegExp(`^<!-- ${kind}: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)^\`\`\`$`, "gm"),
  );
  if (found === undefined || more.length > 0) throw new Error(`not exactly one ${kind} "${name}"`);
  return found[1] ?? "";
}

/** An example, of the registry that is served here. */
function exampleOf(name: string): string {
  const text = blockOf(readFileSync(PAGE, "utf8"), "example", name);
  expect(text).toContain(EXAMPLE_ROOT);
  return text
    .replaceAll(EXAMPLE_ADDRESS, `${server.url}packages/`)
    .replaceAll(EXAMPLE_ROOT, rootOf("packages"));
}

/** Opens `page` of the site and gives its title once a script has set it. */
async function visit(page: string, shown: { title: string }): Promise<{ title: string; items: string[] }> {
  const context = await browser.open();
  const opened = await context.newPage();
  await opened.goto(`${server.url}${page}`);
  await opened.waitForFunction(`document.title !== ${JSON.stringify(shown.title)}`);
  const result = { title: await opened.title(), items: await opened.locator("li").allInnerTexts() };
  await context.close();
  return result;
}

describe("docs/library.md", () => {
  test.each(["node.js", "caches.js"])("%s prints what the page says", async (name) => {
    writeFileSync(join(app, name), exampleOf(name));
    const printed = await runServed(name);
    const page = readFileSync(PAGE, "utf8");
    const said = blockOf(page, "output", name);
    if (process.env.UPDATE === "1" && said !== printed)
      writeFileSync(
        PAGE,
        page.replace(
          `<!-- output: ${name} -->\n\`\`\`text\n${said}`,
          () => `<!-- output: ${name} -->\n\`\`\`text\n${printed}`,
        ),
      );
    else expect(said, "run with UPDATE=1 to write what is printed into the page").toBe(printed);
  });

  test("the example keeps what it saw in the folder it names", () => {
    expect(existsSync(join(app, "trust"))).toBe(true);
  });

  test("its page shows the packages in a browser, without a bundler", async () => {
    writeFileSync(join(site, "page.html"), exampleOf("page.html"));
    const { title, items } = await visit("page.html", { title: "Packages" });
    expect(title).toMatch(/^\d+ files verified$/);
    expect(items).toContain("typescript-barrel: Adds the generated model to your own index.ts.");
  });

  test("it names every export, and the limits that hold", () => {
    const page = readFileSync(PAGE, "utf8");
    const types = readFileSync(join(app, "node_modules/ggen-marketplace/client/index.d.ts"), "utf8");
    const names = [...types.matchAll(/^export (?:declare )?(?:function|class|interface|type) (\w+)/gm)];
    expect(names.length).toBeGreaterThan(20);
    const unnamed = names.filter(([, name]) => !new RegExp(`\`${name}\\b`).test(page));
    expect(unnamed.map(([, name]) => name)).toEqual([]);
    const minutes = (ms: number) => `${ms / 60_000} min`;
    for (const [name, { entriesMax, bytesMax, lifetimeMs, idleMs }] of Object.entries(CACHE_LIMITS))
      expect(page).toContain(
        `| \`${name}\` | ${entriesMax} | ${bytesMax / 2 ** 20} MiB | ${minutes(lifetimeMs)} | ${minutes(idleMs)} |`,
      );
  });
});

/** A program of the folder, while this process serves the registry. */
async function runServed(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { cwd: app, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const code = await new Promise((done) => child.once("close", done));
  expect(`${code} ${stderr}`).toBe("0 ");
  return stdout;
}

/** What a program asks of the small registry, and what it has to be told. */
const PROGRAM = `
  const registry = await openRegistry(place, { root });
  const codes = [];
  for (const work of [
    () => registry.download("nothing", "1.0.0"),
    () => registry.resolve({ left: "*", right: "*" }),
    () => openRegistry(place, { root: "0".repeat(64) }),
  ])
    await work().catch((error) => codes.push(error instanceof RegistryError ? error.code : String(error)));
  const { files, digest } = await registry.download("tool", "1.0.0");
  const found = {
    search: (await registry.search("text files")).hits.map(({ name, version }) => [name, version]),
    latest: (await registry.show("shared")).latest,
    unknown: await registry.show("constructor") === undefined,
    resolved: await registry.resolve({ left: "^1.0.0", tool: "*" }),
    yanked: await registry.resolve({ shared: "1.1.x" }, { locked: { shared: "1.1.0" } }),
    files: [...files.keys()].sort(),
    template: new TextDecoder().decode(files.get("templates/a.tmpl")).slice(0, 3),
    proven: (await registry.whyTrusted("tool", "1.0.0")).release === digest,
    codes,
  };
`;
const FOUND = {
  search: [["tool", "1.0.0"]],
  latest: "2.0.0",
  unknown: true,
  resolved: [
    { name: "left", version: "1.0.0" },
    { name: "shared", version: "1.0.0" },
    { name: "tool", version: "1.0.0" },
  ],
  yanked: [{ name: "shared", version: "1.1.0" }],
  files: ["README.md", "ontology.ttl", "pack.toml", "templates/a.tmpl"],
  template: "---",
  proven: true,
  codes: ["UNKNOWN_PACKAGE", "RESOLVE_CONFLICT", "BAD_ROOT"],
};
const IMPORT = 'import { openRegistry, RegistryError } from "ggen-marketplace/client";';

describe("in Node", () => {
  test.each([
    ["an address", () => `${server.url}small/`],
    ["a folder", () => join(site, "small")],
  ])("the values are the known registry's, from %s", async (_, place) => {
    const said = `const [place, root] = ${JSON.stringify([place(), rootOf("small")])};`;
    writeFileSync(
      join(app, "values.js"),
      `${IMPORT}\n${said}\n${PROGRAM}\nconsole.log(JSON.stringify(found));\n`,
    );
    expect(JSON.parse(await runServed("values.js"))).toEqual(FOUND);
  });
});

describe("in a browser", () => {
  const script = () =>
    `${IMPORT}\nconst [place, root] = ["/small/", "${rootOf("small")}"];\n${PROGRAM}\ndocument.title = JSON.stringify(found);\n`;

  test("the values are the known registry's, from the package's own files", async () => {
    const map =
      '<script type="importmap">{"imports":{"ggen-marketplace/client":"/client/browser.js"}}</script>';
    writeFileSync(
      join(site, "values.html"),
      `<!doctype html><title>?</title>${map}<script type="module">${script()}</script>`,
    );
    expect(JSON.parse((await visit("values.html", { title: "?" })).title)).toEqual(FOUND);
  });

  test("a bundler takes the browser's part, and nothing of Node's", async () => {
    mkdirSync(join(site, "bundled"), { recursive: true });
    await build({
      stdin: { contents: script(), resolveDir: app },
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      outdir: join(site, "bundled"),
      logLevel: "silent",
    });
    writeFileSync(
      join(site, "bundled.html"),
      '<!doctype html><title>?</title><script type="module" src="/bundled/stdin.js"></script>',
    );
    expect(JSON.parse((await visit("bundled.html", { title: "?" })).title)).toEqual(FOUND);
  });

  test("there are no folders to keep trust in", async () => {
    const page = `<!doctype html><title>?</title><script type="module">
      import { openRegistry } from "/client/browser.js";
      document.title = await openRegistry("/small/", { root: "${rootOf("small")}", trust: { folder: "x" } })
        .then(() => "opened", (error) => error.code);</script>`;
    writeFileSync(join(site, "folders.html"), page);
    expect((await visit("folders.html", { title: "?" })).title).toBe("NO_FOLDERS");
  });
});

describe("its types", () => {
  const CONSUMER = `
    import { openRegistry, RegistryError, type CacheReport, type Registry } from "ggen-marketplace/client";
    export async function names(registry: Registry): Promise<readonly string[]> {
      return (await registry.search("sql", { limit: 3 })).hits.map(({ name }) => name);
    }
    const seen = new Map<string, Uint8Array>();
    const registry = await openRegistry(new URL("https://a.example/"), { root: new Uint8Array(), trust: seen });
    const report: CacheReport = registry.caches().packages;
    const yanked: string | undefined = (await registry.show("a"))?.package.versions[0]?.yanked;
    // @ts-expect-error a root is needed: there is no reading without
    await openRegistry("https://a.example/", {});
    // @ts-expect-error there is no such cache
    await openRegistry("https://a.example/", { root: "", caches: { packets: {} } });
    try { await registry.download("a", "1.0.0"); } catch (error) { if (error instanceof RegistryError) error.code satisfies string; }
    export { report, yanked };
  `;

  test.each([
    ["of Node's resolution", ["--module", "nodenext", "--lib", "ES2022,DOM"]],
    [
      "of a bundler's, for the browser",
      ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "ES2022,DOM"],
    ],
  ])("are right for a consumer %s, without Node's types", (_, options) => {
    writeFileSync(join(app, "consumer.ts"), CONSUMER);
    const strict = ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "consumer.ts"];
    expect(
      run(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...options, ...strict], app),
    ).toBe("");
    writeFileSync(join(app, "process.ts"), "export const { argv } = process;\n");
    expect(() =>
      run(
        process.execPath,
        [resolve("node_modules/typescript/bin/tsc"), ...options, ...strict, "process.ts"],
        app,
      ),
    ).toThrow(/Cannot find name 'process'/);
  });
});
