/** Everything that a click on "Verify in this browser" brings: the page is read, proven, and what came of it put into elements. */
import { outcomeOf, reportOf } from "./verify-report.ts";
import { type Asked, proveHere, type Said } from "./verify-run.ts";

export async function verifyPage(
  asked: Omit<Asked, "said">,
): Promise<{ readonly outcome: HTMLElement; readonly report: readonly HTMLElement[] }> {
  const proof = await proveHere({ ...asked, said: saidHere() });
  return { outcome: outcomeOf(proof), report: reportOf(proof) };
}

/** As the reader sees it, not from what stands beside it for scripts: each place that says it, says the same. */
function saidHere(): Said {
  const shown = (what: keyof Said) => {
    const places = [...document.querySelectorAll(`[data-said=${what}]`)];
    return [...new Set(places.map((place) => place.textContent.trim()))].join(", ");
  };
  return {
    name: shown("name"),
    version: shown("version"),
    publisher: shown("publisher"),
    key: shown("key"),
    release: shown("release"),
  };
}
