/**
 * Questions that people ask of a registry's graph, by name: `query --named NAME`. Each parameter is a variable of the
 * query, bound as a term.
 */

/** What a parameter's value stands for: a package's or a publisher's IRI is made of its name. */
export type ParameterKind = "package" | "publisher" | "iri" | "text";

export interface NamedQuery {
  readonly about: string;
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** Prefixes are those of `PREFIXES`. */
  readonly sparql: string;
}

export const NAMED_QUERIES: Readonly<Record<string, NamedQuery>> = {
  "dependents-of": {
    about: "Packages that need a package, directly or through others",
    parameters: { package: "package" },
    sparql: `SELECT DISTINCT ?name ?version WHERE {
  ?dependent ours:dependsOn+ ?package ; a ours:Package ; doap:name ?name ; dcat:hasCurrentVersion/doap:revision ?version
} ORDER BY ?name`,
  },
  "who-defines": {
    about: "Packages that define a term, by its IRI",
    parameters: { term: "iri" },
    sparql: `SELECT ?name ?kind WHERE {
  ?p ours:defines ?term ; doap:name ?name ; ours:definition ?d . ?d ours:term ?term ; ours:termKind ?kind
} ORDER BY ?name`,
  },
  "terms-of": {
    about: "The terms that a package defines",
    parameters: { package: "package" },
    sparql: `SELECT ?term ?kind WHERE { ?package ours:definition ?d . ?d ours:term ?term ; ours:termKind ?kind } ORDER BY ?term`,
  },
  "who-imports": {
    about: "Releases that import an ontology, by its IRI",
    parameters: { ontology: "iri" },
    sparql: `SELECT ?name ?version WHERE {
  ?release ours:imports ?ontology ; doap:revision ?version . ?p doap:release ?release ; doap:name ?name
} ORDER BY ?name ?version`,
  },
  "shell-commands": {
    about: "What the templates of current releases run in a shell",
    parameters: {},
    sparql: `SELECT ?name ?command WHERE {
  ?p a ours:Package ; doap:name ?name ; dcat:hasCurrentVersion ?release . ?release ours:mayRunShell true
  OPTIONAL { ?release ours:runsCommand ?command }
} ORDER BY ?name ?command`,
  },
  withdrawn: {
    about: "Releases that were yanked or have fallen, and why",
    parameters: {},
    sparql: `SELECT ?name ?version ?status ?reason WHERE {
  ?p a ours:Package ; doap:name ?name ; doap:release ?release . ?release ours:status ?status
  FILTER(?status != "published")
  OPTIONAL { ?release doap:revision ?version } OPTIONAL { ?release ours:statusReason ?reason }
} ORDER BY ?name ?version`,
  },
  "packages-of": {
    about: "The packages that a publisher owns",
    parameters: { publisher: "publisher" },
    sparql: `SELECT ?name WHERE { ?p ours:owner ?publisher ; a ours:Package ; doap:name ?name } ORDER BY ?name`,
  },
};
