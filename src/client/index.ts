/** The read side of a registry, for Node and the browser. */
export { RegistryError } from "../base/error.ts";
export type { PackageView, ReleaseView } from "../content/view.ts";
export type { SearchHit, SearchOptions, SearchResults } from "../search/query.ts";
export type { PackageRecord, PublisherRecord, ResolveRecord } from "../snapshot/records.ts";
export { openTrustedView } from "./open-trusted-view.ts";
export type { Reader } from "./reader.ts";
export { type OpenOptions, openRegistry, type PackageSummary, Registry } from "./registry.ts";
export { metadataOf, type TrustedView } from "./trusted-view.ts";
