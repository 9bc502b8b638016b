import { describe, expect, test } from "vitest";
import { type Command, type Option, type Options, UsageError } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { parseCall } from "../../src/cli/parse.ts";
import { asksForJson } from "../../src/cli/spelling.ts";

const read = (...words: string[]) => parseCall(words, COMMANDS);

function call(...words: string[]): { command: string; args: readonly string[]; options: Options } {
  const parsed = read(...words);
  if (parsed === "version" || "help" in parsed) throw new Error("no call");
  return { ...parsed, command: parsed.command.usage };
}

function refusal(...words: string[]): string {
  try {
    read(...words);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("was taken");
}

describe("values stay the text that was typed", () => {
  test.each([
    [["show", "name@1.10"], ["name@1.10"]],
    [
      ["install", "a@^1.0.0", "b@2"],
      ["a@^1.0.0", "b@2"],
    ],
    [
      ["search", "007", "1e3", "0x10"],
      ["007", "1e3", "0x10"],
    ],
    [["show", "--", "--registry"], ["--registry"]],
    [
      ["search", "--", "-x", "--json"],
      ["-x", "--json"],
    ],
    [
      ["search", "a", "--", "b"],
      ["a", "b"],
    ],
  ])("%j", (words, args) => {
    expect(call(...words).args).toEqual(args);
  });

  test.each([
    [["--registry", "1.10"], "1.10"],
    [["--registry=1.10"], "1.10"],
    [["--registry", "0012e3"], "0012e3"],
    [["--registry=--odd"], "--odd"],
    [["--registry=a=b"], "a=b"],
    [["--registry="], ""],
    [["--registry", "-"], "-"],
    [["--registry", "first", "--registry", "last"], "last"],
  ])("%j", (words, value) => {
    expect(call("list", ...words).options.text("registry")).toBe(value);
    expect(call(...words, "list").options.text("registry")).toBe(value);
  });

  test("a whole number may have zeros before it, and is bounded", () => {
    expect(call("search", "x", "--limit", "007").options.whole("limit", 20, 1, 1000)).toBe(7);
    for (const value of ["1.5", "0x10", "1e3", "", " 7", "0", "1001", "-1", "ten"])
      expect(() => call("search", "x", `--limit=${value}`).options.whole("limit", 20, 1, 1000)).toThrow(
        UsageError,
      );
  });
});

describe("what cannot be meant is refused", () => {
  test.each([
    [["instal", "x"], 'Unknown command "instal"; did you mean "install"?'],
    [["zzzzzzzzzz"], 'Unknown command "zzzzzzzzzz"'],
    [["constructor"], 'Unknown command "constructor"'],
    [["show", "x", "--jsn"], "Unknown option --jsn of show; did you mean --json?"],
    [["list", "--limit", "3"], "Unknown option --limit of list"],
    [["list", "-x"], "Unknown option -x of list"],
    [["list", "--constructor"], "Unknown option --constructor of list"],
    [["list", "--no-json"], "Unknown option --no-json of list; did you mean --json?"],
    [["--jsn"], "Unknown option --jsn; did you mean --json?"],
    [["list", "--json=yes"], '--json takes no value, got "yes"'],
    [["list", "--offline="], '--offline takes no value, got ""'],
    [["list", "--registry"], "--registry needs a value: --registry <name|path|url>"],
    [
      ["list", "--registry", "--json"],
      '--registry needs a value, and "--json" looks like an option; write --registry=--json if you mean it',
    ],
    [["show"], "Missing <package>: show <package>"],
    [["show", "a", "b"], 'Too many words: "b" has no place in show <package>'],
    [["list", "x"], 'Too many words: "x" has no place in list'],
    [["key"], "Missing <action>: key <action> [file]"],
  ])("%j", (words, message) => {
    expect(refusal(...words)).toBe(message);
  });
});

describe("the spellings that people know", () => {
  test.each([
    [["marketplace", "list"], "list", []],
    [["maturity_batch"], "dashboard", []],
    [["why_trusted", "a_b"], "why-trusted <package>", ["a_b"]],
    [["state", "add_owner", "x_y", "z"], undefined, ["add-owner", "x_y", "z"]],
    [["search", "marketplace", "min_max"], "search [...words]", ["marketplace", "min_max"]],
    [["show", "--package", "name@1.10"], "show <package>", ["name@1.10"]],
    [["maturity", "--package_id=a_b"], "maturity <package>", ["a_b"]],
    [["mirror", "shop", "--dir", "./out"], "mirror <dir> [...packages]", ["./out", "shop"]],
    [["show", "--", "--package_id"], "show <package>", ["--package_id"]],
  ])("%j", (words, usage, args) => {
    const parsed = call(...words);
    expect(parsed.args).toEqual(args);
    if (usage !== undefined) expect(parsed.command).toBe(usage);
  });

  test("of options, the name alone: a value keeps its underscores", () => {
    const { options } = call(
      "validate",
      "--require_level=a_b",
      "--improvement_plan",
      "--packages_dir",
      "c_d",
    );
    expect(options.text("require-level")).toBe("a_b");
    expect(options.flag("improvement-plan")).toBe(true);
    expect(options.text("dir")).toBe("c_d");
  });

  test("--format json or text is for every command; one that has a --format of its own keeps it", () => {
    expect(call("list", "--format", "json").options.text("format")).toBe("json");
    expect(refusal("list", "--format", "csv")).toBe('--format takes json or text, got "csv"');
    expect(call("dashboard", "--format", "csv").options.text("format")).toBe("csv");
    expect(call("key", "export", "k", "--format", "pem").options.text("format")).toBe("pem");
  });

  test("a place that is filled twice, or whose name means nothing here, is refused", () => {
    expect(refusal("show", "a", "--package", "b")).toBe('Too many words: "a" has no place in show <package>');
    expect(refusal("list", "--package", "b")).toBe("Unknown option --package of list");
    expect(refusal("show", "--package")).toBe("--package needs a value: --package <package>");
  });

  test("no option is a flag here and the name of a place there, which would take the word after it", () => {
    const places = COMMANDS.flatMap(({ usage }) =>
      [...usage.matchAll(/[<[]([a-z-]+)[\]>]/g)].map(([, name]) => `--${name}`),
    );
    const flags = COMMANDS.flatMap(({ options }) => options.map(([form]) => form)).filter(
      (form) => !form.includes("<"),
    );
    expect(flags.filter((flag) => [...places, "--format"].includes(flag))).toEqual([]);
  });

  test.each([
    [["list", "--json"], true],
    [["list", "--format", "json"], true],
    [["list", "--format=json"], true],
    [["list", "--format", "text"], false],
    [["search", "--", "--json"], false],
    [["search", "json"], false],
  ])("%j asks for JSON: %s", (words, is) => {
    expect(asksForJson(words)).toBe(is);
  });
});

test("help and the version are given before anything is missing", () => {
  expect(read()).toEqual({ help: undefined });
  expect(read("--help")).toEqual({ help: undefined });
  expect(read("--json", "-h")).toEqual({ help: undefined });
  expect((read("show", "--help") as { help: Command }).help.usage).toBe("show <package>");
  expect((read("-h", "show", "--registry", "x") as { help: Command }).help.usage).toBe("show <package>");
  expect((read("help", "show") as { help: Command }).help.usage).toBe("show <package>");
  expect(read("help")).toEqual({ help: undefined });
  expect(read("state", "yank", "--help")).toMatchObject({ action: { usage: "yank <package@version>" } });
  expect(read("help", "state", "yank")).toEqual(read("state", "yank", "--help"));
  expect(refusal("help", "shwo")).toBe('Unknown command "shwo"; did you mean "show"?');
  expect(read("version")).toBe("version");
  expect(read("--version")).toBe("version");
  expect(read("-v")).toBe("version");
});

test("help on an action of `state` has the options of that action and no others", () => {
  const options = (...words: string[]) =>
    (read(...words) as { action: { options: readonly Option[] } }).action.options.map(
      ([flags]) => flags.split(" ")[0],
    );
  expect(options("state", "yank", "--help")).toEqual(["--into", "--publisher", "--key", "--reason"]);
  expect(options("state", "add-owner", "--help")).toEqual(["--into", "--publisher", "--key"]);
});

test("every command says what it does, has examples that are calls of it, and no option twice", () => {
  for (const command of COMMANDS) {
    expect(command.summary).not.toMatch(/\.$/);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      const words = [...example.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
        ([, single, double, plain]) => single ?? double ?? plain ?? "",
      );
      expect(call(...words).command).toBe(command.usage);
    }
    const names = command.options.map(([flags]) => flags.split(" ")[0]);
    expect(new Set(names).size).toBe(names.length);
  }
});
