/** Addresses within the catalogue, under the path it is served from. */
import {
  ALLOWED_SIGNERS_FILE,
  archivePath,
  packageJsonLdPath,
  packageTurtlePath,
  TURTLE_FILE,
} from "../../../src/snapshot/layout.ts";
import { webAddress } from "./shown.ts";

/** Ends in a slash. */
export const BASE = import.meta.env.BASE_URL.replace(/\/*$/, "/");

export const under = (path: string): string => `${BASE}${path}`;

export const homeHref = under("");
export const aboutHref = under("about/");
export const publishersHref = under("publishers/");
export const packageHref = (name: string): string => under(`packages/${name}/`);
export const versionHref = (name: string, version: string): string => under(`packages/${name}/${version}/`);
export const publisherHref = (name: string): string => under(`publishers/${name}/`);
export const listHref = (page: number): string => (page === 1 ? under("#all") : under(`list/${page}/`));

/** Below the base: pages/list/not-ratified.json.ts. */
export const NOT_RATIFIED_PATH = "list/not-ratified.json";

export const turtleHref = (name: string): string => under(packageTurtlePath(name as never));
export const jsonLdHref = (name: string): string => under(packageJsonLdPath(name as never));
export const archiveHref = (sha256: string): string => under(archivePath(sha256 as never));
export const allowedSignersHref = under(ALLOWED_SIGNERS_FILE);
/** Of the git repository that the registry is, where whoever builds the pages says it: GGEN_SITE_REPOSITORY. */
export const REPOSITORY = webAddress(process.env.GGEN_SITE_REPOSITORY);
export const registryTurtleHref = under(TURTLE_FILE);
