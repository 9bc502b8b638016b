/**
 * A real browser for tests: the one CHROMIUM_PATH names, else an installed Chromium or Chrome, else
 * the one that comes inside @sparticuz/chromium (Linux, x64).
 */
import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import sparticuz from "@sparticuz/chromium";
import { type BrowserContext, chromium } from "playwright-core";

const INSTALLED = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Keep a headless browser quiet on a closed network. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface BrowserOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly javaScript?: boolean;
}

/** Opens contexts of one browser process; `close` ends it. */
export interface TestBrowser {
  open(options?: BrowserOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function launchBrowser(): Promise<TestBrowser> {
  const installed = installedBrowser();
  const browser = await chromium.launch({
    executablePath: installed ?? (await sparticuz.executablePath()),
    args: installed === undefined ? [...new Set([...sparticuz.args.filter(isWanted), ...FLAGS])] : FLAGS,
    // The bundled browser looks for fonts and shared objects in the folder it was unpacked to.
    env: { ...process.env, HOME: mkdtempSync(join(tmpdir(), "ggen-browser-")) },
  });
  return {
    open: ({ width = 1280, height = 900, theme = "light", javaScript = true } = {}) =>
      browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        javaScriptEnabled: javaScript,
        reducedMotion: "reduce",
      }),
    close: () => browser.close(),
  };
}

/** Of the bundled browser's own flags, those that make a page behave as it does for people. */
function isWanted(flag: string): boolean {
  return !/^--(single-process|disable-web-security|allow-running-insecure-content|window-size|headless|no-zygote)/.test(
    flag,
  );
}

function installedBrowser(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => INSTALLED.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
