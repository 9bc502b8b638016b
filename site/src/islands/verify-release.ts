/**
 * `<verify-release data-base>`: proves the release of this page from the registry's root, on a click, and says what
 * came of it. What verifies is forty times the size of the page's own scripts: it comes with the click.
 */
import type { verifyPage } from "./verify-page.ts";
import address from "./verify-page.ts?address";

interface Verifier {
  readonly verifyPage: typeof verifyPage;
}

class VerifyRelease extends HTMLElement {
  #running = false;

  connectedCallback(): void {
    this.#one("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#running) void this.#verify();
    });
  }

  #one<T extends HTMLElement>(selector: string): T {
    const found = this.querySelector<T>(selector);
    if (found === null) throw new TypeError(`verify-release has no "${selector}"`);
    return found;
  }

  async #verify(): Promise<void> {
    const button = this.#one("button");
    this.#running = true;
    // Not `disabled`, which would take the focus away.
    button.setAttribute("aria-disabled", "true");
    this.#one(".verify-report").replaceChildren();
    this.#say("Fetching what verifies …");
    try {
      const { verifyPage }: Verifier = await import(/* @vite-ignore */ address);
      const { outcome, report } = await verifyPage({
        base: new URL(this.dataset.base ?? "/", location.href),
        root: this.#one<HTMLInputElement>("input").value.trim().toLowerCase(),
        onStep: (step) => this.#say(step),
      });
      this.#one(".verify-outcome").replaceChildren(outcome);
      this.#one(".verify-report").replaceChildren(...report);
    } catch (error) {
      this.#say(
        "Not verified: what verifies cannot be read. Check the connection, reload the page and try again.",
      );
      throw error;
    } finally {
      this.#running = false;
      button.removeAttribute("aria-disabled");
      button.textContent = "Verify again";
    }
  }

  #say(words: string): void {
    const line = document.createElement("p");
    line.textContent = words;
    this.#one(".verify-outcome").replaceChildren(line);
  }
}

customElements.define("verify-release", VerifyRelease);
