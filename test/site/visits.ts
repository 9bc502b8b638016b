/** A catalogue that is served, and visits to its pages in a real browser: console errors and requests to other hosts are faults. */
import type { BrowserContext, Page, Request } from "playwright-core";
import { serveFolder } from "../../src/node/static-server.ts";
import type { RegistryStory } from "../support/a-registry.ts";
import { type BrowserOptions, launchBrowser } from "../support/browser.ts";
import { type PublishedSite, publishSite } from "../support/published-site.ts";

export interface Visits {
  /** Of the registry, with a slash at its end. */
  readonly base: string;
  readonly faults: readonly string[];
  visit(path: string, options?: BrowserOptions, before?: (page: Page) => Promise<unknown>): Promise<Page>;
  close(): Promise<void>;
}

export async function openCatalogue(story: RegistryStory): Promise<Visits> {
  return openSite(await publishSite(story));
}

export async function openSite(site: Pick<PublishedSite, "folder" | "path">): Promise<Visits> {
  const server = await serveFolder(site.folder, 0);
  const browser = await launchBrowser();
  const base = `${server.url}${site.path}/`;
  const open: BrowserContext[] = [];
  const faults: string[] = [];
  return {
    base,
    faults,
    async visit(path, options = {}, before) {
      const context = await browser.open(options);
      open.push(context);
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(`${path}: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`${path}: ${error.message}`));
      page.on("request", (request: Request) => {
        if (!request.url().startsWith(server.url)) faults.push(`${path} asks ${request.url()}`);
      });
      await before?.(page);
      await page.goto(base + path);
      return page;
    },
    async close() {
      await Promise.all(open.map((context) => context.close()));
      await browser.close();
      await server.stop();
    },
  };
}
