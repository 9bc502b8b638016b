import { expect, test } from "vitest";
import { dashboardPage } from "../../src/cli/dashboard-page.ts";
import { assess } from "../../src/quality/assess.ts";
import { bestOf } from "../quality/evidence.ts";

test("what strangers wrote is text on the page, and a page of no package is one", () => {
  const page = dashboardPage(
    [{ ...assess(bestOf("gates")), version: '<img src="x">\u202e', registry: "a&b" }],
    new Date(0),
  );
  expect(page).toContain("&lt;img src=&quot;x&quot;&gt;\\u{202e}");
  expect(page).toContain("a&amp;b");
  expect(page).not.toContain("<img");
  expect(page).toContain("1970-01-01T00:00:00.000Z");
  expect(dashboardPage([], new Date(0))).toContain("unknown");
});
