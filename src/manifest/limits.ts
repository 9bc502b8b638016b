/**
 * What a registry allows in one release. `registry.toml` sets the limits, within ceilings in code:
 * a reader can rely on the ceilings without having read any registry's configuration.
 */
import { CONTENT_PATH_BYTES_MAX } from "./path.ts";

export interface Limits {
  /** All content files and package.toml together. */
  readonly releaseBytesMax: number;
  /** Content files. */
  readonly releaseFilesMax: number;
  /** One content file. */
  readonly fileBytesMax: number;
  /** One content path in UTF-8, without `content/`. */
  readonly pathBytesMax: number;
  /** The description of package.toml in UTF-8. */
  readonly descriptionBytesMax: number;
  /** Names in the three dependency tables together. */
  readonly dependenciesMax: number;
}

const MEBIBYTE = 1024 * 1024;

export const LIMIT_CEILINGS: Limits = Object.freeze({
  releaseBytesMax: 256 * MEBIBYTE,
  releaseFilesMax: 10_000,
  fileBytesMax: 64 * MEBIBYTE,
  pathBytesMax: CONTENT_PATH_BYTES_MAX,
  descriptionBytesMax: 16 * 1024,
  dependenciesMax: 500,
});

export const DEFAULT_LIMITS: Limits = Object.freeze({
  releaseBytesMax: 32 * MEBIBYTE,
  releaseFilesMax: 2_000,
  fileBytesMax: 8 * MEBIBYTE,
  pathBytesMax: CONTENT_PATH_BYTES_MAX,
  descriptionBytesMax: 16 * 1024,
  dependenciesMax: 200,
});
