/** What a registry that stays open keeps in memory, by a clock of the test. */
import { expect, test } from "vitest";
import { Cache } from "../../src/client/cache.ts";

const LIMITS = { entriesMax: 3, bytesMax: 10_000, lifetimeMs: 1000, idleMs: 400 };

function aCache(limits: Partial<typeof LIMITS> = {}) {
  const clock = { now: 1_800_000_000_000 };
  const cache = new Cache<string>(
    { ...LIMITS, ...limits },
    () => clock.now,
    (text) => text.length,
  );
  const made: string[] = [];
  const ask = (key: string, value = `value of ${key}`) =>
    cache.through(key, async () => (made.push(key), value));
  return { cache, clock, made, ask };
}

test("what was asked before comes from memory, and both are counted", async () => {
  const { cache, made, ask } = aCache();
  expect(cache.report()).toMatchObject({ hits: 0, misses: 0, rate: undefined, entries: 0, bytes: 0 });
  for (const key of ["a", "b", "a", "a"]) expect(await ask(key)).toBe(`value of ${key}`);
  expect(made).toEqual(["a", "b"]);
  expect(cache.report()).toMatchObject({ hits: 2, misses: 2, rate: 0.5, entries: 2, limits: LIMITS });
});

test("an entry that nobody uses goes after its idle time, and each use begins it anew", async () => {
  const { cache, clock, made, ask } = aCache();
  await ask("a");
  clock.now += 399;
  await ask("a");
  clock.now += 399;
  await ask("a");
  expect(made).toEqual(["a"]);
  clock.now += 401;
  expect(cache.report().entries).toBe(0);
  await ask("a");
  expect(made).toEqual(["a", "a"]);
});

test("an entry goes at the end of its lifetime, however often it is used", async () => {
  const { cache, clock, made, ask } = aCache();
  await ask("a");
  for (let step = 0; step < 9; step++) {
    clock.now += 111;
    await ask("a");
  }
  expect(made).toEqual(["a"]);
  clock.now += 1;
  expect(cache.report().entries).toBe(0);
  await ask("a");
  expect(made).toEqual(["a", "a"]);
});

test("of too many entries, or too many bytes, what was used longest ago goes first", async () => {
  const { made, ask } = aCache();
  for (const key of ["a", "b", "c", "a", "d", "a", "b"]) await ask(key);
  expect(made).toEqual(["a", "b", "c", "d", "b"]);

  const small = aCache({ bytesMax: 300 });
  for (const key of ["a", "b", "c"]) await small.ask(key, "x".repeat(60));
  expect(small.cache.report()).toMatchObject({ entries: 2, bytes: 2 * (64 + 1 + 60) });
  await small.ask("large", "x".repeat(300));
  expect(small.cache.report().bytes).toBeLessThanOrEqual(300);
  expect(await small.ask("large", "another")).toBe("another");
});

test("who asks while the answer is on its way waits for the same; a failure is not kept", async () => {
  const { cache, made, ask } = aCache();
  await Promise.all([ask("a"), ask("a"), ask("a")]);
  expect(made).toEqual(["a"]);
  expect(cache.report()).toMatchObject({ hits: 2, misses: 1 });
  const failing = () => cache.through("b", () => Promise.reject(new Error("gone")));
  const both = await Promise.allSettled([failing(), failing()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await ask("b")).toBe("value of b");
});

test("what is kept cannot be changed by one who was given it", async () => {
  const cache = new Cache<{ list: { name: string }[] }>(LIMITS, Date.now, () => 1);
  const given = await cache.through("a", async () => ({ list: [{ name: "a" }] }));
  expect(() => given.list.push({ name: "b" })).toThrow(TypeError);
  expect(() => Object.assign(given.list[0] ?? {}, { name: "b" })).toThrow(TypeError);
});
