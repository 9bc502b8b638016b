import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import { closureOf, quadsOf, RELEASES, releaseOf } from "./the-registry.ts";

/** A fenced block of Markdown: its language and its text. Blocks of four backticks hold blocks of three. */
const FENCE = /^(`{3,4})(\w*)\n([\s\S]*?)\n\1$/gm;

describe.each(RELEASES.map((release) => [release.id, release] as const))("%s", (_, release) => {
  const readme = release.text("README.md");
  const blocks = [...readme.matchAll(FENCE)].map(([, , language = "", text = ""]) => ({ language, text }));

  test("the README begins with the name, and shows an example and what comes of it, byte for byte", () => {
    expect(readme.startsWith(`# ${release.manifest.name}\n\n`)).toBe(true);
    const files = release.paths.filter(
      (path) => path.startsWith("examples/") || path.startsWith("templates/"),
    );
    const shown = files.filter((path) => blocks.some(({ text }) => text === release.text(path).trimEnd()));
    expect([shown.length > 0, readme.includes("## Worked example")]).toEqual([true, true]);
  });

  test("every Turtle block of the README parses by itself", () => {
    for (const { text } of blocks.filter(({ language }) => language === "turtle")) quadsOf(text);
  });

  test("the README says why there is each dependency", () => {
    for (const name of release.manifest.dependencies.keys()) expect(readme).toMatch(new RegExp(`${name}\\b`));
    expect(/^## Why it depends on /m.test(readme)).toBe(release.manifest.dependencies.size > 0);
  });

  test("every file that the README names is there", () => {
    const named = [...readme.matchAll(/`((?:examples|gates|shapes|queries|templates)\/[\w./-]+\.\w+)`/g)];
    expect(named.filter(([, path = ""]) => !release.paths.includes(path)).map(([, path]) => path)).toEqual(
      [],
    );
  });

  test("pack.toml has the name and version of package.toml, and nothing but these and a description", () => {
    if (release.manifest.kind === "project") return;
    const { name, version } = release.manifest;
    const pack = parseToml(release.text("pack.toml")) as { pack?: { description?: string } };
    const description = release.manifest.description.split("\n")[0];
    expect(pack).toEqual({ pack: { name, version, description } });
  });
});

test("the starter's ggen.toml has an entry for every package that comes with it, and imports what they have", () => {
  const starter = releaseOf("commerce-starter@1.0.0");
  const toml = parseToml(starter.text("ggen.toml")) as unknown as {
    packs: Record<string, { path: string }>;
    ontology: { imports: string[] };
    law: { gates: string[] };
  };
  const closure = closureOf(starter);
  const names = closure.map(({ manifest }) => manifest.name).sort();
  expect(Object.entries(toml.packs).map(([name, { path }]) => [name, path])).toEqual(
    names.map((name) => [name, `packs/${name}`]),
  );
  const there = [
    starter.paths,
    ...closure.map(({ manifest, paths }) => paths.map((path) => `packs/${manifest.name}/${path}`)),
  ];
  expect(
    [...toml.ontology.imports, ...toml.law.gates].filter((path) => !there.flat().includes(path)),
  ).toEqual([]);
});
