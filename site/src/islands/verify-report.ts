/** What came of a proof, as elements. Text only, never markup; what strangers wrote is made visible. */
import type { RegistryError } from "../../../src/base/error.ts";
import { visible } from "../../../src/base/visible.ts";
import { chainLinks, type Link, type Note, proofNotes, provenWords } from "../catalogue/proof-words.ts";
import { counted } from "../catalogue/shown.ts";
import type { FirstRoot, Proof } from "./verify-run.ts";

/** The outcome in short: what a screen reader says by itself. */
export function outcomeOf(proof: Proof): HTMLElement {
  if (!proof.proven) return refusal(proof.error);
  const notes = proofNotes(proof.why, proof.freshness, proof.now);
  const title = notes.length === 0 ? "Verified" : `Verified, with ${counted(notes.length, "note")}`;
  return element("div", `notice ${notes.length === 0 ? "notice-good" : "notice-caution"}`, [
    element("p", "notice-title", [title]),
    element("p", "", [visible(provenWords(proof.why))]),
    ...(notes.length === 0 ? [] : [element("ul", "verify-notes", notes.map(noteItem))]),
  ]);
}

/** What the outcome rests on; of what was not proven there is nothing more to show. */
export function reportOf(proof: Proof): HTMLElement[] {
  if (!proof.proven) return [];
  return [rootCard(proof.root), element("ol", "chain", chainLinks(proof.why).map(chainItem))];
}

function refusal({ code, message, hint, problems }: RegistryError): HTMLElement {
  const unsigned = code === "NOT_SIGNED";
  return element("div", `notice ${unsigned ? "notice-caution" : "notice-bad"}`, [
    element("p", "notice-title", [unsigned ? "Not signed" : "Not verified"]),
    element("p", "", [ended(message)]),
    ...(problems.length === 0
      ? []
      : [
          element(
            "ul",
            "verify-notes",
            problems.map(({ message: says, remedy }) => noteItem({ says, remedy })),
          ),
        ]),
    element("p", "", [element("b", "", ["What to do: "]), ended(hint)]),
  ]);
}

function noteItem({ says, remedy }: Note): HTMLElement {
  return element(
    "li",
    "",
    remedy === "" ? [ended(says)] : [`${ended(says)} `, element("span", "soft", [sentence(remedy)])],
  );
}

/** A remedy as a sentence of its own: in messages it follows a colon. */
function sentence(text: string): string {
  const shown = ended(text);
  return shown.charAt(0).toUpperCase() + shown.slice(1);
}

function ended(text: string): string {
  const shown = visible(text.trim());
  return /[.!?]$/.test(shown) ? shown : `${shown}.`;
}

function rootCard({ sha256, given }: FirstRoot): HTMLElement {
  const link = element("a", "", ["the command line"]);
  link.setAttribute("href", "#by-hand");
  return element("div", "verify-root", [
    element("p", "verify-root-title", [
      given ? "It began from the root that you gave" : "It began from this root",
    ]),
    element("p", "verify-digest", groups(sha256)),
    element("p", "", [
      given
        ? "So whoever made what was verified holds keys that your root names. "
        : "Compare it with one that you got from somewhere else: the project’s README, its operator, a colleague. ",
      "But this page, “verified” and the script that says so came from one host, which could show you anything. Only a root that you got elsewhere and ",
      link,
      " do not depend on it.",
    ]),
  ]);
}

/** Eight times eight digits, which an eye can compare; copied, they are one word. */
function groups(sha256: string): HTMLElement[] {
  return (sha256.match(/.{1,8}/g) ?? []).map((group) => element("span", "", [group]));
}

function chainItem({ title, says, signed, marks, weak }: Link): HTMLElement {
  return element("li", weak ? "weak" : "", [
    element("b", "", [title]),
    element("div", "", [
      element("p", "", [visible(says)]),
      ...(signed === undefined ? [] : [element("p", "soft small", [visible(signed)])]),
      ...marks.map((mark) => element("p", "digest soft", [visible(mark)])),
    ]),
  ]);
}

function element(tag: string, className: string, content: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
}
