import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, type Stream, Terminal, type TerminalOptions, table, wrap } from "../../src/cli/terminal.ts";

class Screen implements Stream {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 40;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

function aTerminal(options: Partial<TerminalOptions> = {}, isTTY = false) {
  const [stdout, stderr] = [new Screen(isTTY), new Screen(isTTY)];
  const terminal = new Terminal({ stdout, stderr, environment: {}, json: false, quiet: false, ...options });
  return { terminal, stdout, stderr };
}

const FAILURE = { code: "CODE", message: "message", hint: "hint", problems: [] };
const PROBLEM = {
  code: "X",
  severity: "error",
  file: "a\u001b[31m.toml",
  line: 3,
  place: "package.name",
  message: "is \u202eevil",
  expected: "good",
  found: "\u0007",
  remedy: "mend it",
  rule: "M1",
} as const;

describe("the terminal", () => {
  test("prints the result on stdout and everything else on stderr", () => {
    const { terminal, stdout, stderr } = aTerminal();
    terminal.note("once");
    terminal.note("once");
    terminal.notice("said");
    terminal.result({ a: 1 }, () => "text");
    expect(stdout.text).toBe("text\n");
    expect(stderr.text).toBe("note: once\nsaid\n");
  });

  test("prints one JSON value with --json, in which no control character is left", () => {
    const { terminal, stdout } = aTerminal({ json: true });
    const value = { description: "a\u001b[2J\u009b31m\u202e\u200b\u2028\u007f" };
    terminal.result(value, () => "text");
    expect(JSON.parse(stdout.text)).toEqual(value);
    expect(stdout.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
  });

  test("an error is JSON on stdout with --json, text on stderr without, and hides nothing", () => {
    const json = aTerminal({ json: true });
    json.terminal.failure({ ...FAILURE, problems: [PROBLEM] });
    expect(JSON.parse(json.stdout.text)).toEqual({
      error: { code: "CODE", message: "message", hint: "hint", problems: [PROBLEM] },
    });
    expect(json.stderr.text).toBe("");
    const plain = aTerminal();
    plain.terminal.failure({
      ...FAILURE,
      message: "m\u001b[2Jessage",
      problems: [PROBLEM, { ...PROBLEM, file: "", place: "" }],
    });
    expect(plain.stdout.text).toBe("");
    expect(plain.stderr.text).toBe(
      [
        "error: m\\x1b[2Jessage",
        "  error a\\x1b[31m.toml:3 package.name: is \\u{202e}evil [M1]",
        "      expected  good",
        "      found     \\x07",
        "      → mend it",
        "  error 3: is \\u{202e}evil [M1]",
        "      expected  good",
        "      found     \\x07",
        "      → mend it",
        "hint: hint",
        "",
      ].join("\n"),
    );
  });

  test("shows ten warnings of a kind, and counts the others", () => {
    const { terminal, stderr } = aTerminal();
    terminal.warnings([
      ...Array.from({ length: 30 }, (_, at) => ({ ...PROBLEM, code: "MANY", file: `file-${at}` })),
      { ...PROBLEM, code: "ONE", file: "another" },
    ]);
    const { text } = stderr;
    expect(text.match(/file-\d+/g)).toHaveLength(10);
    expect(text).toContain("another");
    expect(text.trimEnd().split("\n").at(-1)).toBe("  … and 20 more MANY (--json has them all)");
  });

  test("is quiet when asked: notices go, results and errors stay", () => {
    const { terminal, stdout, stderr } = aTerminal({ quiet: true }, true);
    terminal.notice("said");
    terminal.note("said");
    terminal.progress("1 of 2");
    terminal.warnings([PROBLEM]);
    expect(stderr.text).toBe("");
    terminal.result({}, () => "text");
    terminal.failure({ ...FAILURE, hint: "" });
    expect(stdout.text).toBe("text\n");
    expect(stderr.text).toContain("message");
  });

  test("a private key in a message is not repeated, whole or cut", () => {
    const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n";
    for (const [key, rest] of [
      [pem, '"x'],
      [pem.slice(0, 45), ""],
    ])
      for (const json of [true, false]) {
        const { terminal, stdout, stderr } = aTerminal({ json });
        terminal.failure({ ...FAILURE, message: `no file "${key}${rest}` });
        expect(stdout.text + stderr.text).toContain("(a private key)");
        expect(stdout.text + stderr.text).not.toContain("b3Bl");
      }
  });

  test("reasons come between an error and its hint, the last of them where they are many", () => {
    const lines = Array.from({ length: 25 }, (_, at) => `because ${at}`);
    const { terminal, stderr } = aTerminal();
    terminal.failure({ ...FAILURE, reasons: { lines, steps: [] } });
    const printed = stderr.text.split("\n");
    expect(printed.slice(0, 3)).toEqual([
      "error: message",
      "  … 5 steps before (--json has them all)",
      "  because 5",
    ]);
    expect(printed.slice(-3)).toEqual(["  because 24", "hint: hint", ""]);
    const json = aTerminal({ json: true });
    json.terminal.failure({ ...FAILURE, reasons: { lines, steps: [{ so: "no" }] } });
    expect(JSON.parse(json.stdout.text).error).toEqual({ ...FAILURE, steps: [{ so: "no" }] });
  });

  test("draws progress on a terminal only, cut to its width, and clears it", () => {
    const piped = aTerminal();
    piped.terminal.progress("1 of 2");
    expect(piped.stderr.text).toBe("");
    const { terminal, stderr } = aTerminal({}, true);
    terminal.progress("x".repeat(100));
    terminal.progress("short");
    terminal.result({}, () => "text");
    expect(stderr.text).toBe(`\r${"x".repeat(39)}\rshort${" ".repeat(34)}\r     \r`);
  });

  test("a terminal that says it is 0 wide was never told: nothing is cut", () => {
    const stream = { write: () => undefined, isTTY: true, columns: 0 };
    const options = { stdout: stream, stderr: stream, environment: {}, json: false, quiet: false };
    expect(new Terminal(options).width).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    ["on a terminal", {}, true, true],
    ["not on a pipe", {}, false, false],
    ["where it is forced", { FORCE_COLOR: "1" }, false, true],
    ["not with NO_COLOR", { NO_COLOR: "1" }, true, false],
    ["with an empty NO_COLOR", { NO_COLOR: "" }, true, true],
    ["not where TERM is dumb", { TERM: "dumb" }, true, false],
  ])("colours %s", (_, environment, isTTY, colours) => {
    const { terminal, stderr } = aTerminal({ environment }, isTTY);
    expect(terminal.style("red", "x")).toBe(colours ? "\u001b[31mx\u001b[39m" : "x");
    terminal.failure(FAILURE);
    expect(stderr.text.includes("\u001b[")).toBe(colours);
  });
});

test("a table's rows are never wider than they may be, and lose nothing but the end of the last cell", () => {
  expect(
    table(
      [
        ["a", "1", "first"],
        ["longer", "22", "the second one"],
      ],
      20,
    ),
  ).toBe("a       1   first\nlonger  22  the sec…");
  expect(table([], 20)).toBe("");
});

test("wrapped text has the same words in the same order, in lines that fit", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^\S{1,12}$/), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 12, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(" "), width);
        expect(lines.join(" ")).toBe(words.join(" "));
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
      },
    ),
  );
  expect(wrap("a  b   c", 80)).toEqual(["a  b   c"]);
});

test("what is cut is cut between characters", () => {
  expect(cut("😀😀😀", 2)).toBe("😀…");
  expect(cut("abc", 3)).toBe("abc");
});
