/**
 * Adds the catalogue's pages to a published tree.
 *
 *     published tree ─► Astro, into a temporary folder ─► checked ─► copied into the tree
 *
 * The tree owns its data (DATA below); a page that would stand in the place of data stops the copy
 * before its first file. Pages and their assets are replaced as a whole.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RegistryError } from "../src/base/error.ts";
import { REGISTRY_FILE } from "../src/snapshot/layout.ts";

export interface SiteOptions {
  /** The published tree: read, then written to. */
  readonly tree: string;
  /** Path under which the tree will be served, such as `/registry/`; `/` where it has a host of its own. */
  readonly base?: string;
  /** Address of the git repository that the registry is, for the pages to link to; `SITE_REPOSITORY` where nothing is said. */
  readonly repository?: string;
}

export interface SiteBuilt {
  readonly pages: number;
  readonly files: number;
}

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const SITE = join(PROJECT, "site");
const ASTRO = join(PROJECT, "node_modules", "astro", "bin", "astro.mjs");

/** What the published tree owns: no page may be written there. */
const DATA =
  /^(registry\.json$|(index|search|archives|graph|v1|ns|schemas|trust|\.well-known)\/)|\.(ttl|jsonld)$/;
/** Folders that hold nothing but what an earlier run wrote. */
const OWNED = ["assets", "list", "about", "publishers"];

export async function buildSite(options: SiteOptions): Promise<SiteBuilt> {
  const tree = resolve(options.tree);
  if (!existsSync(join(tree, REGISTRY_FILE)))
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `"${options.tree}" has no ${REGISTRY_FILE}`,
      "build the registry first, then its pages",
    );
  // Below the project: elsewhere Astro would put what it compiles into one folder that builds share.
  mkdirSync(join(PROJECT, ".cache"), { recursive: true });
  const out = mkdtempSync(join(PROJECT, ".cache", "site-"));
  try {
    await runAstro({
      GGEN_SITE_TREE: tree,
      GGEN_SITE_BASE: basePath(options.base),
      GGEN_SITE_OUT: join(out, "pages"),
      GGEN_SITE_REPOSITORY: options.repository ?? process.env.SITE_REPOSITORY ?? "",
    });
    return install(join(out, "pages"), tree);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** With one slash before and after: what Astro and the pages expect. */
export function basePath(base = "/"): string {
  const inner = base.replace(/^\/+|\/+$/g, "");
  return inner === "" ? "/" : `/${inner}/`;
}

function install(pages: string, tree: string): SiteBuilt {
  const files = readdirSync(pages, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => statSync(join(pages, file)).isFile());
  const clash = files.find((file) => DATA.test(file));
  if (clash !== undefined)
    throw new RegistryError(
      "PAGE_OVER_DATA",
      `The page "${clash}" would stand where the published tree keeps data`,
      "rename the page",
    );
  for (const folder of OWNED) rmSync(join(tree, folder), { recursive: true, force: true });
  cpSync(pages, tree, { recursive: true });
  return { pages: files.filter((file) => file.endsWith(".html")).length, files: files.length };
}

/** What a process needs to run, and nothing that could change the pages: Astro would take BASE_URL and others. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot"];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Runs Astro in a process of its own; what it prints is shown only where it fails. */
function runAstro(environment: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((done, fail) => {
    const astro = spawn(process.execPath, [ASTRO, "build", "--root", SITE], {
      cwd: PROJECT,
      env: {
        ...inherited(),
        ...environment,
        ASTRO_TELEMETRY_DISABLED: "1",
        NO_COLOR: "1",
        NODE_ENV: "production",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [astro.stdout, astro.stderr])
      stream.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-20_000);
      });
    astro.on("error", fail);
    astro.on("close", (code) => {
      if (code === 0) return done();
      fail(
        new RegistryError(
          "SITE_NOT_BUILT",
          `The pages could not be built:\n${said.trim()}`,
          "mend what Astro names, and build again",
        ),
      );
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tree = "dist/site", base = process.env.GGEN_SITE_BASE] = process.argv.slice(2);
  const built = await buildSite({ tree, ...(base === undefined ? {} : { base }) });
  process.stderr.write(`${built.pages} pages in ${tree}\n`);
}
