/** `<here-command data-base data-placeholder>`: the command inside it, with this registry's own address. */
import { withAddress } from "../catalogue/registry-address.ts";

class HereCommand extends HTMLElement {
  connectedCallback(): void {
    const { base = "/", placeholder = "" } = this.dataset;
    const code = this.querySelector("code");
    if (code === null || placeholder === "") return;
    for (const word of code.querySelectorAll("span"))
      word.textContent = withAddress(word.textContent, placeholder, base, location.href);
    const copy = this.querySelector<HTMLElement>("copy-button");
    if (copy !== null) copy.dataset.text = code.textContent;
  }
}

customElements.define("here-command", HereCommand);
