/** `<theme-switch>`: a button that goes from the system's theme to light to dark, and remembers. */
const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const STORE = "theme";

class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (button === null) return;
    this.#say(button, current());
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? "system";
      apply(next);
      this.#say(button, next);
    });
  }

  #say(button: HTMLButtonElement, theme: Theme): void {
    button.dataset.theme = theme;
    const label = button.querySelector("span");
    if (label !== null)
      label.textContent = theme === "system" ? "Auto" : theme === "light" ? "Light" : "Dark";
  }
}

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, theme);
  } catch {
    // Storage is closed to us: the choice lasts as long as the page.
  }
}

customElements.define("theme-switch", ThemeSwitch);
