/** Scores as people read them in a terminal: bars that fit, and what there is to do. */
import { visible } from "../base/visible.ts";
import type { MaturityLevel } from "../quality/levels.ts";
import { type Terminal, WRAP_MIN, wrap } from "./terminal.ts";

const WIDTH_DEFAULT = 80;
const WIDTH_MAX = 100;
const BAR_MIN = 10;
const BAR_MAX = 30;

/** Columns to write in, also where there is no terminal. */
export function columns(terminal: Terminal): number {
  return Number.isFinite(terminal.width) ? Math.min(terminal.width, WIDTH_MAX) : WIDTH_DEFAULT;
}

/** How long bars are beside `beside` columns of words. */
export function barLength(terminal: Terminal, beside: number): number {
  return Math.max(BAR_MIN, Math.min(BAR_MAX, columns(terminal) - beside));
}

const STYLES = { experimental: "red", beta: "yellow", production: "green", enterprise: "green" } as const;

export function levelText(level: MaturityLevel, terminal: Terminal): string {
  return terminal.style(STYLES[level], level);
}

/** `part` of `whole`, which may be 0. */
export function bar(part: number, whole: number, length: number, terminal: Terminal): string {
  const full = whole === 0 ? 0 : Math.floor((length * part) / whole);
  return `${"█".repeat(full)}${terminal.style("dim", "░".repeat(length - full))}`;
}

/** `head`, then `text` beside it in as many lines as it takes; what strangers wrote is made visible. */
export function beside(head: string, text: string, terminal: Terminal): string {
  const width = Math.max(WRAP_MIN, columns(terminal) - head.length);
  return wrap(visible(text), width)
    .map((line, at) => (at === 0 ? head + line : " ".repeat(head.length) + line))
    .join("\n");
}
