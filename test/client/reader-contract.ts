/** What every reader of a published tree must do, run against each: the names are those of client/reader.ts. */
import { afterEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/base/digest.ts";
import type { Reader } from "../../src/client/reader.ts";

/** A reader of these files, and what to close after. */
export interface Opened {
  readonly reader: Reader;
  readonly close?: () => void | Promise<void>;
}

export const ARCHIVE = utf8("the archive's bytes");
export const ARCHIVE_PATH = `archives/${sha256(ARCHIVE)}.tgz`;

export const TREE: ReadonlyMap<string, Uint8Array> = new Map([
  ["registry.json", utf8("{}")],
  ["index/empty", new Uint8Array(0)],
  [ARCHIVE_PATH, ARCHIVE],
  ["v1/index.json", Uint8Array.from({ length: 70_000 }, (_, at) => at % 256)],
  [".well-known/void", utf8("<a> <b> <c> .")],
]);

export function describeReader(
  name: string,
  open: (files: ReadonlyMap<string, Uint8Array>) => Promise<Opened>,
): void {
  let opened: Opened | undefined;
  const readerOf = async (files: ReadonlyMap<string, Uint8Array> = TREE) => {
    opened = await open(files);
    return opened.reader;
  };

  describe(`${name} reader`, () => {
    afterEach(async () => {
      await opened?.close?.();
      opened = undefined;
    });

    it("gives the bytes of every file, again and again", async () => {
      const reader = await readerOf();
      for (let round = 0; round < 2; round++) {
        for (const [path, bytes] of TREE) expect(new Uint8Array(await reader.read(path))).toEqual(bytes);
      }
      expect(reader.location).not.toBe("");
    });

    it("says NOT_FOUND with a hint for a file that is not there", async () => {
      const reader = await readerOf();
      for (const path of ["index/none", `archives/${"0".repeat(64)}.tgz`, "registry.json/x", "index", "v1"]) {
        await expect(reader.read(path)).rejects.toMatchObject({
          name: "RegistryError",
          code: "NOT_FOUND",
          hint: expect.stringMatching(/^(it may be being replaced: run `sync`|the folder is damaged)/),
        });
      }
    });

    it("says NOT_A_REGISTRY where there is no registry.json", async () => {
      const reader = await readerOf(new Map([["v1/index.json", utf8("{}")]]));
      await expect(reader.read("registry.json")).rejects.toMatchObject({
        code: "NOT_A_REGISTRY",
        hint: expect.stringMatching(/build/),
      });
    });

    it("says TOO_LARGE one byte over the limit, and not at it", async () => {
      const reader = await readerOf();
      for (const [path, { length }] of [...TREE].filter(([, bytes]) => bytes.length > 0)) {
        expect((await reader.read(path, { bytesMax: length })).length).toBe(length);
        await expect(reader.read(path, { bytesMax: length - 1 })).rejects.toMatchObject({
          code: "TOO_LARGE",
        });
      }
    });

    it.each([
      "",
      "/registry.json",
      "../registry.json",
      "v1/../registry.json",
      "./registry.json",
      "v1//index.json",
      "v1/",
      "v1\\index.json",
      "registry.json?x",
      "registry.json#x",
      "%2e%2e/x",
      "a b",
      "a\0b",
      "C:/x",
      "https://example.org/x",
      "…",
      "x".repeat(600),
    ])("refuses the path %j", async (path) => {
      const reader = await readerOf();
      await expect(reader.read(path)).rejects.toMatchObject({ code: "BAD_PATH" });
    });

    it("stops at an aborted signal with the caller's own reason", async () => {
      const reader = await readerOf();
      await expect(
        reader.read("registry.json", { signal: AbortSignal.abort(new Error("enough")) }),
      ).rejects.toThrow("enough");
    });

    it("takes many requests at once", async () => {
      const reader = await readerOf();
      const all = await Promise.all(Array.from({ length: 40 }, () => reader.read("v1/index.json")));
      expect(all.every((bytes) => bytes.length === 70_000)).toBe(true);
    });
  });
}
