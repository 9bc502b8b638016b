import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { hasTool } from "../support/tools.ts";

interface Made {
  readonly fingerprint: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

const key = (...args: string[]) =>
  cli(["key", ...args, "--json"], { env: { GGEN_MARKETPLACE_PASSPHRASE: "open sesame" } });

function generated(...more: string[]): Made {
  return key("generate", "--out", join(tempFolder("key"), "signing"), ...more).json<Made>();
}

describe("key", () => {
  test("generate writes a private key for its owner alone, and the public one beside it", () => {
    const made = generated("--comment", "alice at work");
    expect(made.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    if (process.platform !== "win32") expect(statSync(made.privateKey).mode & 0o777).toBe(0o600);
    expect(readFileSync(made.publicKey, "utf8")).toMatch(/^ssh-ed25519 \S+ alice at work\n$/);
    expect(key("show", made.publicKey).json()).toMatchObject({ fingerprint: made.fingerprint });
    expect(key("show", made.privateKey).json()).toMatchObject({ fingerprint: made.fingerprint });
  });

  test("never writes over a file", () => {
    const made = generated();
    const before = readFileSync(made.privateKey);
    expect(codeOf(key("generate", "--out", made.privateKey))).toBe("KEY_FILE_EXISTS");
    writeFileSync(`${made.privateKey}2.pub`, "mine");
    expect(codeOf(key("generate", "--out", `${made.privateKey}2`))).toBe("KEY_FILE_EXISTS");
    expect(existsSync(`${made.privateKey}2`)).toBe(false);
    expect(readFileSync(made.privateKey)).toEqual(before);
  });

  test.each(["openssh", "pem", "hex", "base64"])(
    "export and import again, as %s, is the same key",
    (form) => {
      const made = generated();
      const exported = join(tempFolder("key"), `private.${form}`);
      expect(key("export", made.privateKey, "--format", form, "--out", exported).code).toBe(0);
      const again = key("import", exported, "--out", join(tempFolder("key"), "again")).json<Made>();
      expect(again.fingerprint).toBe(made.fingerprint);
      const published = join(tempFolder("key"), `public.${form}.pub`);
      expect(key("export", made.privateKey, "--public", "--format", form, "--out", published).code).toBe(0);
      expect(key("show", published).json()).toMatchObject({ fingerprint: made.fingerprint });
    },
  );

  test("an encrypted PEM is opened by its passphrase alone", () => {
    const made = generated("--format", "pem", "--encrypt");
    expect(readFileSync(made.privateKey, "utf8")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    expect(key("show", made.privateKey).json()).toMatchObject({ fingerprint: made.fingerprint });
    const without = cli(["key", "show", made.privateKey]);
    expect([without.code, without.stderr]).toEqual([
      1,
      expect.stringContaining("put its passphrase in GGEN_MARKETPLACE_PASSPHRASE"),
    ]);
    expect(
      codeOf(
        cli(["key", "show", made.privateKey, "--json"], { env: { GGEN_MARKETPLACE_PASSPHRASE: "wrong" } }),
      ),
    ).toBe("KEY_PASSPHRASE_WRONG");
    expect(cli(["key", "generate", "--out", join(tempFolder("key"), "x"), "--encrypt"]).code).toBe(2);
  });

  test("a secret in hex or base64 is never shown as if it were a public key", () => {
    const made = generated();
    for (const form of ["hex", "base64"]) {
      const file = join(tempFolder("key"), "seed");
      key("export", made.privateKey, "--format", form, "--out", file);
      const { stdout, stderr } = cli(["key", "show", file, "--json"]);
      expect(JSON.parse(stdout)).toMatchObject({ fingerprint: made.fingerprint });
      expect(stdout + stderr).not.toContain(readFileSync(file, "utf8").trim());
    }
  });

  test.skipIf(process.platform === "win32")(
    "a private key that others can read is used, with a warning",
    () => {
      const made = generated();
      chmodSync(made.privateKey, 0o644);
      const { code, stderr } = cli(["key", "show", made.privateKey]);
      expect([code, stderr]).toEqual([0, expect.stringContaining("can be read by others")]);
    },
  );

  test.skipIf(!hasTool("ssh-keygen"))(
    "ssh-keygen reads what is generated, and the fingerprints agree",
    () => {
      const made = generated();
      const { stdout } = spawnSync("ssh-keygen", ["-l", "-f", made.publicKey], { encoding: "utf8" });
      expect(stdout).toContain(made.fingerprint);
      expect(
        spawnSync("ssh-keygen", ["-y", "-f", made.privateKey], { encoding: "utf8" })
          .stdout.trim()
          .split(" ")
          .slice(0, 2)
          .join(" "),
      ).toBe(readFileSync(made.publicKey, "utf8").trim());
    },
  );

  test.each([
    ["no action", [], 2, "USAGE"],
    ["an unknown action", ["generat"], 2, "USAGE"],
    ["no file", ["show"], 2, "USAGE"],
    ["a file for generate", ["generate", "x"], 2, "USAGE"],
    ["an unknown form", ["generate", "--out", "x", "--format", "jwk"], 2, "USAGE"],
    ["a file that is not there", ["show", "nothing-there"], 1, "KEY_FILE_UNREADABLE"],
    ["a file that is no key", ["show", "package.json"], 1, "KEY_FORMAT"],
    [
      "a comment of two lines",
      ["generate", "--out", join(tempFolder("key"), "x"), "--comment", "a\nb"],
      1,
      "KEY_COMMENT",
    ],
  ])("%s is refused", (_, args, code, error) => {
    const result = key(...args);
    expect([result.code, codeOf(result)]).toEqual([code, error]);
  });
});
