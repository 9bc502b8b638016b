/**
 * One repository over real HTTP, seen by two clients that have nothing in common: ours, and tuf-js as it
 * is published. Each keeps what it has seen from one look to the next.
 *
 *     <base>/trust/<metadata>     <base>/index/<sha256>.root.json     <base>/trust/<sha256>.ratified.json
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Updater } from "tuf-js";
import { decodeUtf8 } from "../../../src/base/bytes.ts";
import { RegistryError } from "../../../src/base/error.ts";
import type { MetadataForm } from "../../../src/trust/tuf/metadata.ts";
import { findTarget, type MetadataSource } from "../../../src/trust/tuf/update.ts";
import { hashedPath, INDEX, RATIFIED, sha256Hex } from "../../support/tuf-repository.ts";
import { aClient, type TestClient } from "./a-client.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

export interface Published {
  /** Ends in "/". */
  readonly url: string;
  /** What is there from now on, by the path after the "/". */
  files: Files;
  close(): Promise<void>;
}

export async function publish(files: Files = new Map()): Promise<Published> {
  const published = { url: "", files, close: () => closed(server) };
  const server = createServer((request, response) => {
    const found = published.files.get(decodeURIComponent((request.url ?? "").slice(1)));
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "application/octet-stream" }).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  published.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return published;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Metadata lie in trust/, as in a registry; targets where their paths say. */
export const asRegistry = (files: Files): Files =>
  new Map([...files].map(([path, bytes]) => [path.includes("/") ? path : `trust/${path}`, bytes]));

/** The texts of the targets, or why there is none. */
export type Look = { readonly seen: readonly string[] } | { readonly refused: string };

export interface Places {
  readonly metadata: string;
  readonly targets: string;
  readonly paths: readonly string[];
  /** Whether a target's file is asked for by its hash. */
  readonly hashed: boolean;
}

const REGISTRY = (url: string): Places => ({
  metadata: `${url}trust`,
  targets: url,
  paths: [INDEX, RATIFIED],
  hashed: true,
});

export class TwoClients {
  readonly #published: Published;
  readonly #ours: TestClient;
  readonly #folder = mkdtempSync(join(tmpdir(), "two-clients-"));
  readonly #places: Places;

  constructor(
    published: Published,
    root: Uint8Array,
    options: { places?: Places; form?: MetadataForm } = {},
  ) {
    const { places = REGISTRY(published.url), form } = options;
    this.#published = published;
    this.#places = places;
    this.#ours = aClient(root, form === undefined ? {} : { form });
    for (const name of ["metadata", "targets"]) mkdirSync(join(this.#folder, name));
    writeFileSync(join(this.#folder, "metadata/root.json"), root);
  }

  /** What each says of what is published now, by this machine's clock. */
  async look(files: Files): Promise<{ ours: Look; theirs: Look }> {
    this.#published.files = files;
    return { ours: await this.#asOurs(), theirs: await this.#asTheirs() };
  }

  forget(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async #asOurs(): Promise<Look> {
    const { metadata, targets, paths, hashed } = this.#places;
    this.#ours.settings.now = Date.now();
    try {
      const trust = await this.#ours.update(overHttp(metadata));
      const seen: string[] = [];
      for (const path of paths) {
        const { target } = await findTarget(path, trust);
        const file = hashed ? hashedPath(path, target.hashes.get("sha256") ?? "") : path;
        const bytes = await overHttp(targets).read(file, target.length);
        if (bytes === undefined || !trust.set.isTarget(bytes, target)) return { refused: "DIGEST_MISMATCH" };
        seen.push(shownBytes(bytes));
      }
      return { seen };
    } catch (error) {
      // Any other error is a bug of ours, which must not pass for a refusal.
      if (error instanceof RegistryError) return { refused: error.code };
      throw error;
    }
  }

  async #asTheirs(): Promise<Look> {
    try {
      return { seen: await this.#read() };
    } catch (error) {
      return { refused: String(error) };
    }
  }

  async #read(): Promise<string[]> {
    const { metadata, targets, paths, hashed } = this.#places;
    const updater = new Updater({
      metadataDir: join(this.#folder, "metadata"),
      metadataBaseUrl: metadata,
      targetDir: join(this.#folder, "targets"),
      targetBaseUrl: targets,
      config: { fetchTimeout: 10_000, fetchRetry: 0, prefixTargetsWithHash: hashed },
    });
    await updater.refresh();
    const seen: string[] = [];
    for (const path of paths) {
      const target = await updater.getTargetInfo(path);
      if (target === undefined) throw new Error(`no target "${path}"`);
      seen.push(shownBytes(readFileSync(await updater.downloadTarget(target))));
    }
    return seen;
  }
}

const shownBytes = (bytes: Uint8Array) => decodeUtf8(bytes) ?? sha256Hex(bytes);

/** A source as a real client's: over the network, and for no more bytes than were asked for. */
export function overHttp(base: string): MetadataSource {
  return {
    async read(file, bytesMax) {
      const response = await fetch(new URL(file, base.endsWith("/") ? base : `${base}/`));
      if (response.status === 404) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length <= bytesMax) return bytes;
      throw new RegistryError("TOO_LARGE", `"${file}" has more than ${bytesMax} bytes`, "ask another mirror");
    },
  };
}
