/** The registry that the tests of the pages look at: something of every state. */
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import { alice, bob, carol, testKey } from "../support/fixture-keys.ts";

export const carolNext = testKey("carol", 2);

const ONTOLOGY = `@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://terms.example/core#> .
<https://terms.example/core> a owl:Ontology ; rdfs:label "Core terms" .
ex:Thing a owl:Class ; rdfs:label "thing" ; rdfs:comment "Whatever code is made <for>." .
ex:codeName a owl:DatatypeProperty ; rdfs:label "code name" .
`;

const README = `# owl-to-sql

Tables from an ontology. See [the template](templates/schema.sql.tmpl) and [what it means](#why).

![tracker](https://tracker.example/pixel.png)

<script>document.title = "owned"</script>

## Why

| a rather long heading | another rather long heading | a third rather long heading |
| --- | --- | --- |
| ${"x".repeat(60)} | b | c |

\`\`\`sql
CREATE TABLE a_rather_long_name_that_does_not_fit_a_small_screen (id TEXT PRIMARY KEY, another_column TEXT NOT NULL);
\`\`\`

It was \u202Edlo\u202C once.
`;

const TEMPLATE = `---
to: generated/schema.sql
force: true
sh_after: sqlite3 build/check.db < generated/schema.sql && rm -f build/check.db
---
-- {{ name }}
`;

export function aCatalogue(): RegistryStory {
  const registry = aRegistry({ title: "Example packages", description: "Packages for tests of the pages." });
  registry.publisher(alice, { title: "Alice & Sons", homepage: "https://alice.example/" });
  registry.publisher(bob);
  registry
    .publisher(carol)
    .addKey(carolNext)
    .revokeKey(carol, { releases: ["kept@1.0.0"], statements: ["kept#1", "fallen#1"] })
    .signedBy(carolNext);
  registry
    .package("core-terms")
    .release("1.0.0", {
      description: "Terms for code generation",
      files: { "ontology.ttl": ONTOLOGY },
      keywords: ["vocabulary"],
    })
    .signedBy(alice);
  const pack = {
    "README.md": README,
    "ontology.ttl": ONTOLOGY,
    "pack.toml": packToml,
    "templates/schema.sql.tmpl": TEMPLATE,
  };
  registry
    .package("owl-to-sql")
    .release("1.0.0", {
      description: "Tables from OWL",
      files: pack,
      dependencies: { "core-terms": "^1.0.0" },
    })
    .signedBy(alice)
    .release("1.1.0", {
      description: "SQL tables from OWL\n\nOne for each class.",
      files: pack,
      dependencies: { "core-terms": "^1.0.0" },
      repository: "https://code.example/owl-to-sql",
      license: "MIT OR Apache-2.0",
      requiresGgen: ">=26.8.0",
      published: "2026-08-14",
    })
    .signedBy(alice)
    .yank("1.0.0", "Foreign keys pointed at nothing")
    .signedBy(alice);
  registry
    .package("owl-docs")
    .release("0.9.0", { description: "A list of classes", dependencies: { "owl-to-sql": "^1" } })
    .signedBy(bob)
    .deprecate("It writes one flat list", { replacement: "owl-to-sql" })
    .signedBy(bob);
  registry
    .package("kept")
    .release("1.0.0", { description: "Signed before the key was lost" })
    .signedBy(carol);
  registry
    .package("fallen")
    .release("1.0.0", { description: "Signed by a thief" })
    .signedBy(carol)
    .release("1.1.0", { description: "Signed with the new key" })
    .signedBy(carolNext);
  for (let i = 0; i < 25; i++) {
    const name = `sample-${String(i).padStart(2, "0")}`;
    registry
      .package(name)
      .release("1.0.0", { description: `Sample number ${i} of many` })
      .signedBy(bob);
  }
  return registry;
}

const packToml = '[pack]\nname = "owl-to-sql"\nversion = "1.1.0"\ndescription = "SQL"\n';
