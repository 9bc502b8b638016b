/** The schema of package.toml: the types of its values, the rule of each, and the source of its JSON Schema. */
import * as v from "valibot";
import {
  isLine,
  isProse,
  lineField,
  nameField,
  RANGE_JSON_SCHEMA,
  rangeField,
  versionField,
  webUrlField,
} from "./fields.ts";
import { isSpdxExpression, LICENSE_CHARS_MAX, suggestLicense } from "./license.ts";
import { LIMIT_CEILINGS } from "./limits.ts";
import { NAME_CHARS_MAX, NAME_PATTERN, suggestName } from "./name.ts";
import { PACKAGE_KINDS } from "./package-kind.ts";
import { isRfc3339, RFC3339_PATTERN } from "./rfc3339.ts";
import { listOf, textWhere, valueWhere } from "./rule.ts";
import { dateText } from "./shown.ts";
import { isTable, type TomlFormat } from "./toml-document.ts";

export const KEYWORDS_MAX = 32;
export const KEYWORD_BYTES_MAX = 64;
export const AUTHORS_MAX = 64;
export const AUTHOR_BYTES_MAX = 256;
export const CATEGORY_CHARS_MAX = 64;
export const PACKAGE_TOML_BYTES_MAX = 64 * 1024;

export const PACKAGE_TOML: TomlFormat = {
  codes: "MANIFEST",
  bytesMax: PACKAGE_TOML_BYTES_MAX,
  extensions: true,
  synonyms: new Map([
    ["tags", "keywords"],
    ["author", "authors"],
    ["url", "homepage"],
    ["documentation", "homepage"],
    ["type", "kind"],
    ["owner", "publisher"],
    ["date", "published"],
    ["summary", "description"],
    ["title", "description"],
    ["optional", "optional-dependencies"],
  ]),
};

const codes = PACKAGE_TOML.codes;

const descriptionField = textWhere((text) => isProse(text, LIMIT_CEILINGS.descriptionBytesMax), {
  code: `${codes}_DESCRIPTION`,
  rule: "M11",
  expected: `text of at most ${LIMIT_CEILINGS.descriptionBytesMax} bytes that is not blank and has no control characters`,
  remedy: "say in a few lines what the package is for, and move the rest to content/README.md",
  jsonSchema: { minLength: 1, maxLength: LIMIT_CEILINGS.descriptionBytesMax },
});

const licenseField = textWhere(isSpdxExpression, {
  code: `${codes}_LICENSE`,
  rule: "M12",
  expected: "an SPDX licence expression, or NOASSERTION",
  remedy: (found) => {
    const meant = suggestLicense(String(found));
    return meant === undefined
      ? "write an identifier of https://spdx.org/licenses, LicenseRef-… for a licence of your own, or NOASSERTION"
      : `write "${meant}"`;
  },
  jsonSchema: { minLength: 1, maxLength: LICENSE_CHARS_MAX },
});

const categoryField = textWhere(
  (text) => text.length <= CATEGORY_CHARS_MAX && new RegExp(NAME_PATTERN).test(text),
  {
    code: `${codes}_CATEGORY`,
    rule: "M13",
    expected: `a category: a to z, digits and single hyphens, at most ${CATEGORY_CHARS_MAX} characters`,
    remedy: (found) => `write "${suggestName(String(found)) ?? "other"}"`,
    jsonSchema: { pattern: NAME_PATTERN, maxLength: CATEGORY_CHARS_MAX },
  },
);

const keywordField = textWhere((text) => isLine(text, KEYWORD_BYTES_MAX), {
  code: `${codes}_KEYWORD`,
  rule: "M13",
  expected: `one line of at most ${KEYWORD_BYTES_MAX} bytes, without surrounding space`,
  remedy: "write one word or a short phrase",
  jsonSchema: { minLength: 1, maxLength: KEYWORD_BYTES_MAX },
});

const publishedField = valueWhere(
  (value) => isRfc3339(value instanceof Date ? dateText(value) : typeof value === "string" ? value : ""),
  {
    code: `${codes}_PUBLISHED`,
    rule: "M15",
    expected: "a date (2026-01-31) or a date with time and offset (2026-01-31T12:00:00Z)",
    remedy: "write a date that exists, as a string or as a TOML date; a time needs its offset",
    jsonSchema: { type: "string", pattern: RFC3339_PATTERN },
  },
);

/** Names and ranges in it are judged one by one (`checkDependencies`): valibot's records drop the name `constructor`. */
const dependencyTable = v.optional(
  valueWhere(isTable, {
    code: `${codes}_WRONG_TYPE`,
    rule: "M4",
    expected: "a table of name = range",
    remedy: 'write a table: the header [dependencies], then lines such as other-package = "^1.0.0"',
    jsonSchema: {
      type: "object",
      propertyNames: { pattern: NAME_PATTERN, maxLength: NAME_CHARS_MAX },
      additionalProperties: { type: "string", ...RANGE_JSON_SCHEMA },
      maxProperties: LIMIT_CEILINGS.dependenciesMax,
    },
  }),
);

export const DEPENDENCY_TABLES = ["dependencies", "optional-dependencies", "dev-dependencies"] as const;

export const PackageTomlSchema = v.strictObject({
  format: v.literal(1),
  package: v.strictObject({
    name: nameField(codes, "package"),
    version: versionField(codes),
    publisher: nameField(codes, "publisher"),
    description: descriptionField,
    license: licenseField,
    kind: v.optional(v.picklist(PACKAGE_KINDS)),
    category: v.optional(categoryField),
    keywords: v.optional(
      listOf(keywordField, KEYWORDS_MAX, {
        code: `${codes}_KEYWORDS`,
        rule: "M13",
        remedy: "keep the keywords people would search for, each once",
      }),
    ),
    authors: v.optional(
      listOf(lineField(codes, AUTHOR_BYTES_MAX, "M13"), AUTHORS_MAX, {
        code: `${codes}_AUTHORS`,
        rule: "M13",
        remedy: "name each author once; name a group where there are many",
      }),
    ),
    repository: v.optional(webUrlField(codes)),
    homepage: v.optional(webUrlField(codes)),
    published: v.optional(publishedField),
  }),
  dependencies: dependencyTable,
  "optional-dependencies": dependencyTable,
  "dev-dependencies": dependencyTable,
  requires: v.optional(v.strictObject({ ggen: v.optional(rangeField(codes)) })),
});

export type PackageTomlValue = v.InferOutput<typeof PackageTomlSchema>;
