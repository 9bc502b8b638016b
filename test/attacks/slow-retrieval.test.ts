/** Slow retrieval attack: a mirror that answers, and never comes to an end, keeps nobody waiting for ever. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTrustedView } from "../../src/client/open-trusted-view.ts";
import { openRegistry } from "../../src/client/registry.ts";
import { metadataOf } from "../../src/client/trusted-view.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { httpReader } from "../../src/node/http-reader.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { memoryStore } from "../../src/trust/tuf/memory-store.ts";
import type { MetadataStore } from "../../src/trust/tuf/update.ts";
import { aRegistry } from "../support/a-registry.ts";
import { policyAt, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { alice } from "../support/fixture-keys.ts";

let signed: SignedRegistry;
let servers: Server[] = [];

beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story.package("x").release("1.0.0").signedBy(alice);
  signed = signedRegistry(story);
});

afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
  servers = [];
});

/** The registry's tree, of which files that `isSlow` names come a byte at a time, with as much between as is never idle. */
async function mirror(isSlow: (path: string) => boolean): Promise<string> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    const bytes = signed.files.get(path);
    if (bytes === undefined) response.writeHead(404).end();
    else if (isSlow(path)) trickle(bytes, response);
    else response.end(bytes);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function trickle(bytes: Uint8Array, response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 40);
  response.on("close", () => clearInterval(timer));
}

async function download(address: string, store: MetadataStore) {
  const reader = httpReader(address, { idleMsMax: 10_000, totalMsMax: 300 });
  const view = await openTrustedView(store, policyAt(), metadataOf(reader));
  const registry = await openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate, view });
  return registry.download("x", "1.0.0");
}

describe("slow retrieval attack", () => {
  test.each([
    "trust/timestamp.json",
    "trust/1.snapshot.json",
    "trust/1.targets.json",
    "trust/1.index.json",
    "index/",
    "archives/",
  ])("of %s: given up in time, with a word; an honest mirror then serves", async (slow) => {
    const store = memoryStore(signed.root);
    const isSlow = (path: string) => path.startsWith(slow);
    expect([...signed.files.keys()].some(isSlow)).toBe(true);
    await expect(download(await mirror(isSlow), store)).rejects.toMatchObject({
      code: "TIMEOUT",
      hint: expect.stringMatching(/./),
    });
    expect((await download(await mirror(() => false), store)).manifest.version).toBe("1.0.0");
  });
});
