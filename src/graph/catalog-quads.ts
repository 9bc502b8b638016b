/**
 * What the graph says of the registry as a whole. Membership (`<catalogue> dcat:dataset <package>`)
 * is in each package's part, so that a new package changes one part only.
 *
 *     <iri> a dcat:Catalog, void:Dataset ; dcterms:title ; void:dataDump ; dcat:themeTaxonomy ─► <iri>categories
 *     <iri>categories/<category> a skos:Concept ; skos:prefLabel
 */
import { sortedBy } from "../base/order.ts";
import { catalogIri, categoryIri, categorySchemeIri, mint } from "./iri.ts";
import { type GraphPart, QuadList } from "./quad-list.ts";
import { type GraphConfig, servedFrom } from "./release-quads.ts";
import { DCAT, DCTERMS, OURS_NAMESPACE, SKOS, VOID } from "./vocabulary.ts";

export interface CatalogFacts {
  /** The categories of all packages; repeated ones count once. */
  readonly categories: Iterable<string>;
  /** Triples of the packages' and publishers' parts; left out where nobody counted. */
  readonly triples?: number;
}

export function catalogQuads(config: GraphConfig, facts: CatalogFacts): GraphPart {
  const subject = catalogIri(config.iri);
  const scheme = categorySchemeIri(config.iri);
  const list = new QuadList({ file: "registry.toml" });
  list.type(subject, DCAT.Catalog, VOID.Dataset);
  list.text(subject, DCTERMS.identifier, config.name);
  list.text(subject, DCTERMS.title, config.title);
  list.text(subject, DCTERMS.description, config.description);
  list.link(subject, VOID.dataDump, mint(`${servedFrom(config)}graph/registry.ttl`));
  list.link(subject, VOID.vocabulary, mint(OURS_NAMESPACE));
  if (facts.triples !== undefined) list.count(subject, VOID.triples, facts.triples);
  list.link(subject, DCAT.themeTaxonomy, scheme);
  list.type(scheme, SKOS.ConceptScheme);
  list.text(scheme, DCTERMS.title, "Categories");
  for (const category of sortedBy(new Set(facts.categories), (text) => text)) {
    const concept = categoryIri(config.iri, category);
    list.type(concept, SKOS.Concept);
    list.text(concept, SKOS.prefLabel, category);
    list.link(concept, SKOS.inScheme, scheme);
  }
  return list.part();
}
