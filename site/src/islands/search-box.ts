/**
 * `<catalogue-search data-base data-root data-root-length>`: results as you type, from the prebuilt search index of
 * the snapshot whose root digest is baked into the page.
 *
 *   /  focus     ↑ ↓  move     Enter  open (the first result from the field)     Escape  clear
 *
 * The address carries `?q=`. The index is fetched at the first sign of interest, not with the page.
 * No file is fetched twice, and an answer that a later question has overtaken is dropped. Without this script
 * the list stands.
 */
import type { Digest } from "../../../src/base/digest.ts";
import type { Registry } from "../../../src/client/index.ts";
import type { Ref } from "../../../src/snapshot/layout.ts";
import { LatestAnswer } from "./latest-answer.ts";
import { resultRow } from "./result-row.ts";
import { answerWords } from "./result-words.ts";

const PAGE = 20;
const TYPING_PAUSE_MS = 60;
const QUERY_CHARACTERS_MAX = 200;

type Hits = Awaited<ReturnType<Registry["search"]>>;

class CatalogueSearch extends HTMLElement {
  readonly #answers = new LatestAnswer();
  #registry: Promise<Registry> | undefined;
  /** The query asked last, and the one whose answer stands on the page. */
  #wanted = "";
  #shown = "";
  #pending: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const { field, form, more, clear } = this.#parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#openFirst();
    });
    field.addEventListener("focus", () => void this.#open().catch(() => undefined), { once: true });
    field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#search(), TYPING_PAUSE_MS);
    });
    more.addEventListener("click", () => void this.#more());
    clear.addEventListener("click", () => this.#empty());
    this.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("popstate", () => this.#fromAddress());
    this.#fromAddress();
  }

  get #parts() {
    const one = <T extends Element>(selector: string): T => {
      const found = this.querySelector<T>(selector);
      if (found === null) throw new TypeError(`catalogue-search has no "${selector}"`);
      return found;
    };
    return {
      form: one<HTMLFormElement>("form"),
      field: one<HTMLInputElement>("input[type=search]"),
      status: one<HTMLElement>("[role=status] > p"),
      note: one<HTMLElement>("[role=status] > p + p"),
      all: one<HTMLElement>(".search-all"),
      clear: one<HTMLButtonElement>(".clear"),
      results: one<HTMLOListElement>(".results"),
      more: one<HTMLButtonElement>(".more"),
    };
  }

  get #base(): string {
    return this.dataset.base ?? "/";
  }

  get #root(): Ref {
    return { sha256: (this.dataset.root ?? "") as Digest, length: Number(this.dataset.rootLength) };
  }

  get #query(): string {
    return this.#parts.field.value.trim().slice(0, QUERY_CHARACTERS_MAX);
  }

  #fromAddress(): void {
    this.#parts.field.value = new URL(location.href).searchParams.get("q") ?? "";
    void this.#search();
  }

  /** The registry at the page's own root digest; a failed attempt is forgotten, so that the next one tries again. */
  #open(): Promise<Registry> {
    this.#registry ??= import("../../../src/client/browser.ts")
      .then((client) => client.openRegistryInBrowser(new URL(this.#base, location.href), this.#root))
      .catch((error: unknown) => {
        this.#registry = undefined;
        throw error;
      });
    return this.#registry;
  }

  /** Settles when what stands in the field has its answer, or was overtaken. */
  #search(): Promise<void> {
    const query = this.#query;
    if (query === this.#wanted) return this.#pending;
    this.#wanted = query;
    remember(query);
    this.#pending = query === "" ? Promise.resolve(this.#clear()) : this.#find(query);
    return this.#pending;
  }

  async #find(query: string): Promise<void> {
    try {
      const answer = await this.#answers.ask(async () =>
        (await this.#open()).search(query, { limit: PAGE, offset: 0 }),
      );
      if (!answer.stale) this.#show(query, answer.value, false);
    } catch {
      this.#fail();
    }
  }

  async #more(): Promise<void> {
    const query = this.#shown;
    const offset = this.#parts.results.children.length;
    try {
      const answer = await this.#answers.ask(async () =>
        (await this.#open()).search(query, { limit: PAGE, offset }),
      );
      if (answer.stale) return;
      this.#show(query, answer.value, true);
      this.#links[offset]?.focus();
    } catch {
      this.#fail();
    }
  }

  #show(query: string, answer: Hits, append: boolean): void {
    const { status, note, all, results, more } = this.#parts;
    const { total, hits } = answer;
    const rows = hits.map((hit) => resultRow(hit, this.#base, query));
    if (append) results.append(...rows);
    else results.replaceChildren(...rows);
    this.#shown = query;
    this.dataset.state = "results";
    results.hidden = total === 0;
    more.hidden = results.children.length >= total || hits.length === 0;
    all.hidden = total > 0;
    const words = answerWords(query, answer, this.dataset.kinds?.split(" ") ?? []);
    status.textContent = words.count;
    note.textContent = words.note;
  }

  #clear(): void {
    const { status, note, all, results, more } = this.#parts;
    this.#answers.drop();
    this.#wanted = "";
    this.#shown = "";
    delete this.dataset.state;
    results.replaceChildren();
    results.hidden = true;
    more.hidden = true;
    all.hidden = true;
    status.textContent = "";
    note.textContent = "";
  }

  #fail(): void {
    this.#clear();
    // The registry may hold the failure: the next question opens it afresh.
    this.#registry = undefined;
    this.#parts.status.textContent = "The search index cannot be read just now. The list below is complete";
  }

  get #links(): HTMLAnchorElement[] {
    return [...this.querySelectorAll<HTMLAnchorElement>(".results .row-link")];
  }

  #empty(): void {
    clearTimeout(this.#timer);
    this.#parts.field.value = "";
    this.#parts.field.focus();
    void this.#search();
  }

  /** Enter in the field: the answer to what stands there now, then its first result. */
  async #openFirst(): Promise<void> {
    clearTimeout(this.#timer);
    const query = this.#query;
    await this.#search();
    if (query === this.#shown && query === this.#query) this.#links[0]?.click();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.#empty();
      event.preventDefault();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || this.#shown === "") return;
    const links = this.#links;
    const at = links.indexOf(document.activeElement as HTMLAnchorElement) + step;
    if (at < 0) this.#parts.field.focus();
    else links[Math.min(at, links.length - 1)]?.focus();
    event.preventDefault();
  }
}

/** Puts the query into the address, without a new entry in the history for every letter. */
function remember(query: string): void {
  const url = new URL(location.href);
  if ((url.searchParams.get("q") ?? "") === query) return;
  if (query === "") url.searchParams.delete("q");
  else url.searchParams.set("q", query);
  history.replaceState(history.state, "", url);
}

customElements.define("catalogue-search", CatalogueSearch);
