/** What the search box says about an answer, in words; texts of strangers are visible. */
import { visible } from "../../../src/base/visible.ts";

interface Answer {
  readonly total: number;
  readonly filters: readonly { readonly field: string; readonly value: string }[];
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
  readonly missing: readonly string[];
  readonly cut: boolean;
  readonly unread: number;
}

export interface AnswerWords {
  readonly count: string;
  /** What a person should know of how it was found; empty where there is nothing. */
  readonly note: string;
}

/** `kinds` are those that a package can be of. */
export function answerWords(query: string, answer: Answer, kinds: readonly string[]): AnswerWords {
  const { total } = answer;
  const count =
    total === 0
      ? `No package matches “${visible(query)}”`
      : `${total} ${total === 1 ? "package" : "packages"}`;
  const notes = [
    corrected(answer),
    missing(answer),
    unknownKind(answer, kinds),
    answer.cut ? "Only the beginning of it was read" : "",
    unread(answer),
  ];
  return { count, note: notes.filter((note) => note !== "").join(". ") };
}

function unread({ total, unread }: Answer): string {
  if (unread === 0) return "";
  const others = `${unread} ${total === 0 ? "" : "more "}${unread === 1 ? "package has" : "packages have"} the words`;
  return `${others}, whether in this order was not looked at`;
}

/** Each misspelt word once, with all that was looked for in its place. */
function corrected({ corrections, total }: Answer): string {
  if (total === 0) return "";
  const by = new Map<string, string[]>();
  for (const { from, to } of corrections) by.set(from, [...(by.get(from) ?? []), to]);
  const each = [...by].map(
    ([from, to]) => `${to.map((word) => visible(word)).join(", ")} instead of ${visible(from)}`,
  );
  return each.length === 0 ? "" : `Looked for ${each.join(", ")}`;
}

function missing({ missing, total }: Answer): string {
  if (total === 0 || missing.length === 0) return "";
  return `Nothing has ${missing.map((word) => `“${visible(word)}”`).join(", ")}`;
}

function unknownKind({ filters }: Answer, kinds: readonly string[]): string {
  const unknown = filters.filter(
    ({ field, value }) => field === "kind" && !kinds.includes(value.toLowerCase()),
  );
  if (unknown.length === 0) return "";
  const named = unknown.map(({ value }) => `“${visible(value)}”`).join(", ");
  return `There is no kind ${named}; kinds are ${kinds.join(", ")}`;
}
