import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { packageTomlJsonSchema } from "../../src/manifest/json-schema.ts";
import { GOOD, goodWith, MINIMAL, readManifest } from "./manifests.ts";

interface Schema {
  readonly [keyword: string]: unknown;
}

/** Keywords that the schema uses, as JSON Schema (2020-12) defines them; a new one fails the test below. */
const KEYWORDS: { readonly [keyword: string]: (schema: Schema, value: unknown) => boolean } = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  type: ({ type }, value) => typeOf(value) === type || (type === "number" && typeOf(value) === "integer"),
  const: (schema, value) => value === schema.const,
  enum: (schema, value) => (schema.enum as unknown[]).includes(value),
  pattern: ({ pattern }, value) => typeof value !== "string" || new RegExp(String(pattern), "u").test(value),
  minLength: ({ minLength }, value) => typeof value !== "string" || [...value].length >= Number(minLength),
  maxLength: ({ maxLength }, value) => typeof value !== "string" || [...value].length <= Number(maxLength),
  items: ({ items }, value) => !Array.isArray(value) || value.every((item) => agrees(items as Schema, item)),
  maxItems: ({ maxItems }, value) => !Array.isArray(value) || value.length <= Number(maxItems),
  uniqueItems: (_, value) => !Array.isArray(value) || new Set(value).size === value.length,
  required: ({ required }, value) =>
    !isObject(value) || (required as string[]).every((key) => Object.hasOwn(value, key)),
  maxProperties: ({ maxProperties }, value) =>
    !isObject(value) || Object.keys(value).length <= Number(maxProperties),
  propertyNames: ({ propertyNames }, value) =>
    !isObject(value) || Object.keys(value).every((key) => agrees(propertyNames as Schema, key)),
  properties: ({ properties }, value) =>
    !isObject(value) ||
    Object.entries(properties as { [key: string]: Schema }).every(
      ([key, member]) => !Object.hasOwn(value, key) || agrees(member, value[key]),
    ),
  patternProperties: ({ patternProperties }, value) =>
    !isObject(value) ||
    Object.entries(patternProperties as { [key: string]: Schema }).every(([pattern, member]) =>
      Object.keys(value).every((key) => !new RegExp(pattern, "u").test(key) || agrees(member, value[key])),
    ),
  additionalProperties: (schema, value) => {
    if (!isObject(value)) return true;
    const patterns = Object.keys((schema.patternProperties ?? {}) as object);
    return Object.keys(value).every((key) => {
      if (Object.hasOwn((schema.properties ?? {}) as object, key)) return true;
      if (patterns.some((pattern) => new RegExp(pattern, "u").test(key))) return true;
      return (
        schema.additionalProperties !== false && agrees(schema.additionalProperties as Schema, value[key])
      );
    });
  },
};

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value)) return "integer";
  return typeof value;
}

function agrees(schema: Schema, value: unknown): boolean {
  return Object.keys(schema).every((keyword) => {
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the test does not know the keyword ${keyword}`);
    return check(schema, value);
  });
}

/** TOML as an editor's checker sees it: dates are strings. */
function asJson(text: string): unknown {
  return JSON.parse(JSON.stringify(parse(text), (_, value: unknown) => value));
}

const schema = packageTomlJsonSchema();

describe("the JSON Schema of package.toml", () => {
  test("is a plain document of draft 2020-12", () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      required: ["format", "package"],
      additionalProperties: false,
    });
    expect(schema).toHaveProperty("properties.package.required", [
      "name",
      "version",
      "publisher",
      "description",
      "license",
    ]);
  });

  test.each([
    ["the whole one", GOOD],
    ["the minimal one", MINIMAL],
    ["a date with time", goodWith("published", "published = 2026-01-31T12:00:00Z")],
    ["a date as text", goodWith("published", 'published = "2026-01-31"')],
    ["text beyond ASCII", goodWith("keywords", 'keywords = ["größe", "日本"]')],
  ])("accepts what the parser accepts: %s", (_, text) => {
    expect(readManifest(text).ok).toBe(true);
    expect(agrees(schema, asJson(text))).toBe(true);
  });

  test.each([
    ["an unknown key", "kind", 'kinds = "shapes"'],
    ["an unknown table", "[x-acme]", "[ontology]"],
    ["an extension that is no table", "format", "format = 1\nx-a = 1"],
    ["a wrong type", "version", "version = 1.0"],
    ["a list for a text", "license", 'license = ["MIT"]'],
    ["another format", "format", "format = 2"],
    ["a bad name", "name", 'name = "Foo Bar"'],
    ["a long name", "name", `name = "${"n".repeat(65)}"`],
    ["a bad version", "version", 'version = "1.0.0-RC1"'],
    ["an empty description", "license", 'license = ""'],
    ["an unknown kind", "kind", 'kind = "shape"'],
    ["a bad category", "category", 'category = "Big Data"'],
    ["a keyword twice", "keywords", 'keywords = ["a", "a"]'],
    ["an URL that runs", "homepage", 'homepage = "javascript:alert(1)"'],
    ["a date without offset", "published", "published = 2026-01-31T12:00:00"],
    ["a bad name of a dependency", "currency-codes", '"Foo Bar" = "1"'],
    ["a dependency's table", "currency-codes", 'currency-codes = { version = "1" }'],
    ["an empty range", "currency-codes", 'currency-codes = ""'],
    ["an unknown requirement", "ggen", 'gen = "6"'],
  ])("refuses what the parser refuses: %s", (_, key, line) => {
    const text = goodWith(key, line);
    expect(readManifest(text).ok).toBe(false);
    expect(agrees(schema, asJson(text))).toBe(false);
  });
});
