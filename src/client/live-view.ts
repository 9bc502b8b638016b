/**
 * The current view of a registry that stays open: asked for anew from time to time, verified from the pinned root
 * down each time, and never replaced by an older one.
 *
 * Where nobody answers, or what answers lags behind, the last view goes on for as long as it is good.
 */
import { RegistryError } from "../base/error.ts";
import { dateText } from "../trust/tuf/fields.ts";
import { isBehind, isBeingReplaced, isNoAnswer } from "./current-view.ts";
import type { Registry } from "./registry.ts";
import { freshnessOf, GRACE_MS_DEFAULT } from "./trusted-view.ts";

/** After no answer the registry is asked again so soon, where it is not asked more often anyway. */
const RETRY_MS = 60_000;

export interface LiveViewOptions {
  /** Opens what is current now, verified. */
  readonly open: () => Promise<Registry>;
  readonly now: () => number;
  readonly refreshMs: number;
  readonly allowStale: boolean;
  /** Told when the view is another one. */
  readonly onChange: () => void;
}

export class LiveView {
  readonly #options: LiveViewOptions;
  #last: Registry | undefined;
  #askedAt = 0;
  #askAgainAt = 0;
  #asking: Promise<Registry> | undefined;

  constructor(options: LiveViewOptions) {
    this.#options = options;
  }

  /** The view that was opened last. */
  get last(): Registry {
    if (this.#last === undefined) throw new Error("no view was opened yet");
    return this.#last;
  }

  /** When the registry last answered with a view that is good, in milliseconds since 1970. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** The view to work on; `now`: asked for now, and an answer is needed. Throws as opening does, and VIEW_EXPIRED. */
  async current(now = false): Promise<Registry> {
    const last = this.#last;
    if (now) return this.#judged(await this.#ask());
    if (last !== undefined && this.#options.now() < this.#askAgainAt) return this.#judged(last);
    try {
      return this.#judged(await this.#ask());
    } catch (error) {
      if (last === undefined || !(isNoAnswer(error) || isBehind(error))) throw error;
      this.#askAgainAt = this.#options.now() + Math.min(RETRY_MS, this.#options.refreshMs);
      return this.#judged(last);
    }
  }

  /** Who asks meanwhile waits for the same answer. */
  #ask(): Promise<Registry> {
    this.#asking ??= this.#open().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #open(): Promise<Registry> {
    const { open, now, refreshMs, onChange } = this.#options;
    const opened = await open().catch((error: unknown) => {
      if (isBeingReplaced(error)) return open();
      throw error;
    });
    if (this.#last !== undefined && this.#last.rootDigest !== opened.rootDigest) onChange();
    this.#last = opened;
    this.#askedAt = now();
    this.#askAgainAt = this.#askedAt + refreshMs;
    return opened;
  }

  #judged(registry: Registry): Registry {
    const freshness = freshnessNow(registry, this.#options.now());
    if (freshness.state !== "expired" || this.#options.allowStale) return registry;
    throw new RegistryError(
      "VIEW_EXPIRED",
      `The view of ${registry.reader.location} is too old: its signatures ran out on ${dateText(freshness.expired).slice(0, 10)}`,
      "its operator has to sign it anew (trust renew); allowStale takes it as it is",
    );
  }
}

/** How old the view of `registry` is at `now`, which may be long after it was opened. */
export function freshnessNow({ view }: Registry, now: number) {
  if (view === undefined) throw new Error("a library opens signed views only");
  return freshnessOf({ ...view, now: Math.max(view.now, now) }, GRACE_MS_DEFAULT);
}
