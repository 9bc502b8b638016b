/**
 * Somebody else's client reads what we publish: tuf-js, as it is on npm and unmodified, over http, from a ceremony's
 * first view through a new release and a rotation of the online key to a mirror that serves the past.
 */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Updater } from "tuf-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { serveFolder } from "../../src/node/static-server.ts";
import { INDEX_TARGET, RATIFIED_TARGET } from "../../src/trust/trust-paths.ts";
import { CeremonyRoom } from "../support/ceremony.ts";
import { tempFolder } from "../support/cli.ts";
import { replaceTree } from "../support/published-tree.ts";

let room: CeremonyRoom;
let served: string;
let url: string;
let stop: () => Promise<unknown>;
let metadataDir: string;

beforeEach(async () => {
  room = new CeremonyRoom().begin();
  const tree = room.build("tree");
  room.must(room.publish(tree, "--first"));
  served = tempFolder("served");
  cpSync(tree, served, { recursive: true });
  const server = await serveFolder(served, 0, { host: "127.0.0.1" });
  url = server.url;
  stop = () => server.stop();
  metadataDir = tempFolder("tuf-js");
  // What a user pins.
  cpSync(join(room.source, "trust/1.root.json"), join(metadataDir, "root.json"));
});

afterEach(() => stop());

async function refreshed(): Promise<Updater> {
  const updater = new Updater({
    ...{ metadataDir, metadataBaseUrl: `${url}trust/`, targetDir: tempFolder("targets"), targetBaseUrl: url },
    config: { fetchRetry: 0, fetchTimeout: 10_000 },
  });
  await updater.refresh();
  return updater;
}

async function download(updater: Updater, path: string): Promise<Buffer> {
  const info = await updater.getTargetInfo(path);
  if (info === undefined) throw new Error(`no target ${path}`);
  return readFileSync(await updater.downloadTarget(info));
}

const pointer = () => JSON.parse(readFileSync(join(served, "registry.json"), "utf8")).root.sha256;
/** The index root that the tree at the address is about. */
const current = async () => nativeSha256(await download(await refreshed(), INDEX_TARGET));

function publishNext(name: string, ...words: readonly string[]): string {
  const next = room.build(name);
  room.must(room.publish(next, "--previous", served, ...words));
  return next;
}

describe("tuf-js", () => {
  test("refreshes, and downloads the index root and what was ratified", async () => {
    const updater = await refreshed();
    expect(nativeSha256(await download(updater, INDEX_TARGET))).toBe(pointer());
    const ratified = await download(updater, RATIFIED_TARGET);
    expect(ratified).toEqual(readFileSync(join(room.source, "trust/ratified.json")));
    expect(await updater.getTargetInfo("index/other.json")).toBeUndefined();
  });

  test("follows a new view, and a rotation of the online key, and goes back to nothing older", async () => {
    const first = await current();
    const past = tempFolder("past");
    cpSync(served, past, { recursive: true });
    const words = [
      "--reason",
      "a hole",
      "--into",
      room.source,
      "--publisher",
      "alice",
      "--key",
      room.key("alice"),
    ];
    room.must(room.run(["state", "yank", "x@1.0.0", ...words]));
    room.commit("yank");
    replaceTree(served, publishNext("yanked"));
    const second = await current();
    expect(second).toBe(pointer());
    expect(second).not.toBe(first);

    room.must(room.trust("rotate", "--online-key", `${room.key("ci2")}.pub`));
    room.signed();
    const next = room.build("rotated");
    const key = room.key("ci2");
    room.must(room.trust("publish", next, "--online-key", key, "--previous", served));
    replaceTree(served, next);
    expect(await current()).toBe(pointer());
    expect(readFileSync(join(metadataDir, "root.json"))).toEqual(
      readFileSync(join(room.source, "trust/2.root.json")),
    );

    replaceTree(served, past);
    await expect(refreshed()).rejects.toThrow();
  });
});
