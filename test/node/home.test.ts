import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { buildCacheFile, homeFolders, outputStateFile } from "../../src/node/home.ts";

const LINUX = { platform: "linux", home: "/home/ann" } as const;
const NAME = "ggen-marketplace";

describe.skipIf(process.platform === "win32")("home folders", () => {
  it("follow the XDG defaults", () => {
    expect(homeFolders({}, LINUX)).toEqual({
      root: `/home/ann/.local/share/${NAME}`,
      cache: `/home/ann/.cache/${NAME}`,
      store: `/home/ann/.local/share/${NAME}/store`,
      trust: `/home/ann/.local/share/${NAME}/trust`,
      consent: `/home/ann/.local/share/${NAME}/consent`,
      development: `/home/ann/.local/share/${NAME}/development`,
      tokens: `/home/ann/.local/share/${NAME}/tokens.json`,
      config: `/home/ann/.config/${NAME}/config.toml`,
    });
  });

  it("follow the XDG variables, and ignore relative and empty ones", () => {
    const given = { XDG_CACHE_HOME: "/c", XDG_DATA_HOME: "relative", XDG_CONFIG_HOME: "" };
    expect(homeFolders(given, LINUX)).toMatchObject({
      cache: `/c/${NAME}`,
      store: `/home/ann/.local/share/${NAME}/store`,
      config: `/home/ann/.config/${NAME}/config.toml`,
    });
  });

  it("are all below GGEN_MARKETPLACE_HOME where that is set", () => {
    const home = homeFolders({ GGEN_MARKETPLACE_HOME: "mine", XDG_CACHE_HOME: "/c" }, LINUX);
    for (const path of Object.values(home)) expect(path.startsWith(resolve("mine"))).toBe(true);
    expect(homeFolders({ GGEN_MARKETPLACE_HOME: "" }, LINUX)).toEqual(homeFolders({}, LINUX));
  });

  it("are in LOCALAPPDATA on Windows", () => {
    const machine = { platform: "win32", home: "/users/ann" } as const;
    expect(homeFolders({ LOCALAPPDATA: "/local" }, machine).trust).toBe(join("/local", NAME, "trust"));
    expect(homeFolders({}, machine).cache).toBe(join("/users/ann/AppData/Local", NAME, "cache"));
  });

  it("need a home folder", () => {
    expect(() => homeFolders({}, { platform: "linux", home: "" })).toThrow(
      expect.objectContaining({ code: "NO_HOME" }),
    );
  });

  it("give each source and each output a file of its own", () => {
    const own = { GGEN_MARKETPLACE_HOME: "/h" };
    expect(buildCacheFile(own, "a")).toBe(buildCacheFile(own, resolve("a")));
    expect(buildCacheFile(own, "a")).not.toBe(buildCacheFile(own, "b"));
    expect(outputStateFile(own, "a")).toMatch(/^\/h\/cache\/output\/[0-9a-f]{32}\.json$/);
  });
});
