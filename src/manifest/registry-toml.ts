import type { Limits } from "./limits.ts";

export { LIMIT_CEILINGS, type Limits } from "./limits.ts";

export const ROLLOUT_BACKENDS = ["v1", "v2", "parallel"] as const;
export type RolloutBackend = (typeof ROLLOUT_BACKENDS)[number];

/** A registry.toml that was read and found good; absent limits have their defaults. */
export interface RegistryConfig {
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /** Permanent: https, ends in `/`. IRIs are minted on it, and mirrors keep it. */
  readonly iri: string;
  /** Where the published tree is served; ends in `/`. */
  readonly baseUrl?: string;
  readonly limits: Limits;
  readonly policy: { readonly requireReadme: boolean };
  /** `percentage` (0 to 100) only with `parallel`. */
  readonly rollout: { readonly backend: RolloutBackend; readonly percentage?: number };
}
