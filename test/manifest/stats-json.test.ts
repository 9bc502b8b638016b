import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { problemsOf } from "../../src/base/problem.ts";
import { POPULARITY_MAX, parseStats, STATS_BYTES_MAX } from "../../src/manifest/stats-json.ts";

const parse = (value: unknown) =>
  parseStats(utf8(typeof value === "string" ? value : JSON.stringify(value)), "stats.json");
const found = (value: unknown) => problemsOf(parse(value)).map(({ code, place }) => [code, place]);

test("counts downloads, and ten for each star", () => {
  const packages = { a: { downloads: 120, stars: 3 }, b: { stars: 1 }, c: { downloads: 0 } };
  const stats = parse({ format: 1, packages });
  expect(stats.ok && [...stats.value]).toEqual([
    ["a", 150],
    ["b", 10],
    ["c", 0],
  ]);
});

test("counts no higher than a search index can hold, whatever the counts are", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const stats = parse({ format: 1, packages: { a: { stars: most, downloads: most }, b: { stars: 1e15 } } });
  expect(stats.ok && [...stats.value.values()]).toEqual([POPULARITY_MAX, POPULARITY_MAX]);
  expect(Number.isSafeInteger(POPULARITY_MAX)).toBe(true);
});

describe("is refused", () => {
  test("as newer where it says so", () => {
    expect(found({ format: 2, packages: {}, more: 1 })).toEqual([["STATS_NEWER", "format"]]);
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"format":1,"packages":{},"more":1}',
    '\ufeff{"format":1,"packages":{}}',
    '{"format":1}',
    '{"format":1,"packages":[]}',
  ])("as a whole where it is %j", (text) => expect(found(text)).toEqual([["STATS_INVALID", undefined]]));

  test("with every line that is wrong named, at most fifty", () => {
    const packages = {
      "Not A Name": { downloads: 1 },
      minus: { downloads: -1 },
      half: { downloads: 0.5 },
      text: { downloads: "12" },
      nothing: {},
      more: { downloads: 1, likes: 3 },
      none: null,
      good: { downloads: 1 },
    };
    const places = ["Not A Name", "minus", "half", "text", "nothing", "more", "none"];
    expect(found({ format: 1, packages })).toEqual(places.map((key) => ["STATS_INVALID", `packages.${key}`]));
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, 1]));
    expect(found({ format: 1, packages: many })).toHaveLength(50);
  });

  test("beyond its size, unread", () => {
    const bytes = { length: STATS_BYTES_MAX + 1 } as Uint8Array;
    expect(problemsOf(parseStats(bytes, "stats.json")).map(({ code }) => code)).toEqual(["STATS_TOO_LARGE"]);
  });

  test("with control characters of a name made visible", () => {
    expect(found({ format: 1, packages: { "a\u202eb": 1 } })).toEqual([
      ["STATS_INVALID", "packages.a\\u{202e}b"],
    ]);
  });
});
