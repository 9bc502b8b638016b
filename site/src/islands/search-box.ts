/**
 * `<catalogue-search data-base data-manifest data-manifest-length data-not-ratified?>`: results as you type, from the prebuilt search
 * index whose manifest's digest is baked into the page.
 *
 *   /  focus     ↑ ↓  move     Enter  open (the first result from the field)     Escape  clear
 *
 * The address carries `?q=`. The index is fetched at the first sign of interest, not with the page: its manifest
 * and the code that reads it at once. The first rows are asked for alone, for in a large registry a row can be a
 * request; others follow when the reader comes near the end of those that stand. No file is fetched twice, and an
 * answer that a later question has overtaken is dropped. Without this script the list stands.
 */
import type { Digest } from "../../../src/base/digest.ts";
import { pageReader } from "../../../src/client/page-files.ts";
import { openPageSearch } from "../../../src/client/page-search.ts";
import { queryWords } from "../../../src/search/highlight.ts";
import type { Searcher, SearchResults } from "../../../src/search/query.ts";
import type { Ref } from "../../../src/snapshot/layout.ts";
import { type Answer, LatestAnswer } from "./latest-answer.ts";
import { resultRow } from "./result-row.ts";
import { answerWords } from "./result-words.ts";

/** What a small screen shows of an answer. */
const ROWS_FIRST = 6;
const ROWS_MORE = 12;
/** How far below the screen's end the end of the list may be when more rows are asked for. */
const NEAR = "200px";
const TYPING_PAUSE_MS = 60;
/** After so long a reader wonders whether anything happens. */
const SILENCE_MS_MAX = 800;

class CatalogueSearch extends HTMLElement {
  readonly #answers = new LatestAnswer();
  #searcher: Promise<Searcher> | undefined;
  /** Names that the holders of the root have not ratified, once the searcher is open. */
  #notRatified: ReadonlySet<string> = new Set();
  /** The query asked last, and the one whose answer stands on the page. */
  #wanted = "";
  #shown = "";
  #pending: Promise<void> = Promise.resolve();
  /** The rows after those that stand, while they are on their way. */
  #following: Promise<void> | undefined;
  /** Sees the reader come near the end of the list. Where a browser has none, there is the button. */
  #nearEnd: IntersectionObserver | undefined;
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
    more.addEventListener("click", () => void this.#goOn());
    if ("IntersectionObserver" in window)
      this.#nearEnd = new IntersectionObserver(
        (seen) => {
          if (seen.at(-1)?.isIntersecting === true) void this.#follow();
        },
        { rootMargin: `0px 0px ${NEAR}` },
      );
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

  get #manifest(): Ref {
    return { sha256: (this.dataset.manifest ?? "") as Digest, length: Number(this.dataset.manifestLength) };
  }

  get #query(): string {
    return this.#parts.field.value.trim();
  }

  #fromAddress(): void {
    this.#parts.field.value = new URL(location.href).searchParams.get("q") ?? "";
    void this.#search();
  }

  /** A failed attempt is forgotten, so that the next one tries again. */
  #open(): Promise<Searcher> {
    this.#searcher ??= this.#openOnce().catch((error: unknown) => {
      this.#searcher = undefined;
      throw error;
    });
    return this.#searcher;
  }

  async #openOnce(): Promise<Searcher> {
    const base = new URL(this.#base, location.href);
    const path = this.dataset.notRatified;
    const [searcher, names] = await Promise.all([
      openPageSearch(base, this.#manifest),
      path === undefined ? [] : readNames(base, path),
    ]);
    this.#notRatified = new Set(names);
    return searcher;
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

  #ask(query: string, limit: number, offset: number): Promise<Answer<SearchResults>> {
    return this.#answers.ask(async () => (await this.#open()).search(query, { limit, offset }));
  }

  async #find(query: string): Promise<void> {
    const patience = setTimeout(() => this.#wait(query), SILENCE_MS_MAX);
    try {
      const answer = await this.#ask(query, ROWS_FIRST, 0);
      if (answer.stale) return;
      this.#following = undefined;
      this.#parts.results.replaceChildren();
      this.#show(query, answer.value);
    } catch {
      this.#fail();
    } finally {
      clearTimeout(patience);
    }
  }

  #wait(query: string): void {
    if (query === this.#wanted) this.#parts.status.textContent = "Searching …";
  }

  /** The rows after those that stand, asked for once however many ask for them. Settles when they stand. */
  #follow(): Promise<void> {
    if (this.#following !== undefined) return this.#following;
    const following = this.#append().finally(() => {
      if (this.#following === following) this.#following = undefined;
    });
    this.#following = following;
    return following;
  }

  async #append(): Promise<void> {
    const { results, more, note } = this.#parts;
    const query = this.#shown;
    // The answer to what stands in the field is on its way: these rows would go with it.
    if (query !== this.#wanted || more.hidden) return;
    const offset = results.children.length;
    try {
      const answer = await this.#ask(query, ROWS_MORE, offset);
      if (answer.stale) return;
      const wasHeld = document.activeElement === more;
      this.#show(query, answer.value);
      if (wasHeld && more.hidden) this.#links[offset]?.focus();
    } catch {
      // What stands is good, and the button asks again.
      results.removeAttribute("data-continues");
      note.textContent = "The next results cannot be read just now";
    }
  }

  /** To the first of the rows that follow, unless the reader has gone elsewhere when they are there. */
  async #goOn(): Promise<void> {
    const from = document.activeElement;
    const query = this.#shown;
    const offset = this.#links.length;
    await this.#follow();
    if (document.activeElement === from && query === this.#shown) this.#links[offset]?.focus();
  }

  /** Adds the rows of `answer` to those that stand. */
  #show(query: string, answer: SearchResults): void {
    const { status, note, all, results, more } = this.#parts;
    const { total, hits } = answer;
    const asked = queryWords(query);
    results.append(...hits.map((hit) => resultRow(hit, this.#base, asked, this.#marksOf(hit.name))));
    this.#shown = query;
    this.dataset.state = "results";
    results.hidden = total === 0;
    more.hidden = results.children.length >= total || hits.length === 0;
    all.hidden = total > 0;
    const words = answerWords(query, answer, this.dataset.kinds?.split(" ") ?? []);
    status.textContent = words.count;
    note.textContent = words.note;
    this.#watchEnd();
  }

  #marksOf(name: string): string[] {
    return this.#notRatified.has(name) ? ["not ratified"] : [];
  }

  /** Looks out for the reader at the last row that stands, while others follow. */
  #watchEnd(): void {
    const { results, more } = this.#parts;
    const last = more.hidden ? null : results.lastElementChild;
    this.#nearEnd?.disconnect();
    if (last !== null) this.#nearEnd?.observe(last);
    results.toggleAttribute("data-continues", last !== null && this.#nearEnd !== undefined);
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
    // The searcher may hold the failure: the next question opens it afresh.
    this.#searcher = undefined;
    this.#parts.status.textContent =
      "The search index cannot be read just now: type on, or reload the page. All packages can still be browsed";
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
    else if (at < links.length) links[at]?.focus();
    else void this.#goOn();
    event.preventDefault();
  }
}

/** Without the marks no row is shown: one that lacks its mark would say that there is none. */
async function readNames(base: URL, path: string): Promise<string[]> {
  const bytes = await pageReader(base).read(path);
  return JSON.parse(new TextDecoder().decode(bytes));
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
