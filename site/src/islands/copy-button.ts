/** `<copy-button data-text="…">`: puts the text on the clipboard, and says so for a moment. */
const SAID_MS = 1600;

class CopyButton extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    // The clipboard exists on secure origins only; a button that cannot work is not shown.
    if (button === null || navigator.clipboard === undefined) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.#copy(button));
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    const label = button.querySelector("span");
    if (label === null) return;
    try {
      await navigator.clipboard.writeText(this.dataset.text ?? "");
      label.textContent = "Copied";
    } catch {
      label.textContent = "Not allowed";
    }
    setTimeout(() => {
      label.textContent = "Copy";
    }, SAID_MS);
  }
}

customElements.define("copy-button", CopyButton);
