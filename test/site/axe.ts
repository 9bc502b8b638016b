import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on the page: rule and place. */
export async function violations(page: Page): Promise<string[]> {
  type Found = { violations: { id: string; nodes: { html: string }[] }[] };
  const found: Found = await page.evaluate(`(async () => { ${AXE}; return axe.run(); })()`);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}
