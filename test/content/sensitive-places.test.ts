/** Where a template writes says what may run afterwards. */
import { describe, expect, it } from "vitest";
import { sensitivePlace } from "../../src/content/sensitive-places.ts";

describe("a place where a file does more than lie there", () => {
  it.each([
    [".github/workflows/ci.yml", ".github/workflows", "runs in CI"],
    [".github/workflows/{{ name }}.yml", ".github/workflows", "runs in CI"],
    ["services/a/.github/workflows/ci.yml", ".github/workflows", "runs in CI"],
    [".github/CODEOWNERS", ".github", "steers the repository's host"],
    [".gitlab-ci.yml", ".gitlab-ci.yml", "runs in CI"],
    [".git/hooks/pre-commit", ".git", "git acts on it"],
    [".gitattributes", ".gitattributes", "git acts on it"],
    [".gitmodules", ".gitmodules", "git acts on it"],
    [".husky/pre-commit", ".husky", "runs with git's commands"],
    [".vscode/tasks.json", ".vscode", "the editor acts on it"],
    [".idea/workspace.xml", ".idea", "the editor acts on it"],
    [".envrc", ".envrc", "runs when a shell enters the folder"],
    ["package.json", "package.json", "its scripts run with npm"],
    ["app/Makefile", "Makefile", "runs with make"],
    ["~/.bashrc", "~", "your home folder, outside the project"],
    ["/etc/profile", "/etc/profile", "outside the project"],
    ["C:\\\\x", "c://x", "outside the project"],
    ["../other/file", "..", "outside the project"],
    ["a/../../other", "..", "outside the project"],
  ])("%s leads into %s", (to, place, what) => {
    expect(sensitivePlace(to)).toEqual({ place, what });
  });

  it.each([
    ["other letters", ".GitHub/WORKFLOWS/ci.yml"],
    ["backslashes", ".github\\workflows\\ci.yml"],
    ["a detour", "x/.././.github//workflows/ci.yml"],
    ["invisible characters", ".git\u200chub/workflows/ci.yml"],
    ["dots and spaces at the end of a part", ".github /workflows./ci.yml"],
    ["wide letters", ".\uff47ithub/workflows/ci.yml"],
  ])("%s do not hide it", (_, to) => {
    expect(sensitivePlace(to)?.place).toBe(".github/workflows");
  });

  it.each([
    "src/model.ts",
    "docs/github/workflows.md",
    "generated/schema.sql",
    "any",
    "my-package.json",
    "makefiles/x",
  ])("%s is none", (to) => {
    expect(sensitivePlace(to)).toBeUndefined();
  });
});
