/** What docs/ tells people to do with sha256sum and ssh-keygen, done exactly as it says there. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { writeOpenSshPrivateKey } from "../../src/node/openssh-private-key.ts";
import { writeAllowedSigners } from "../../src/trust/allowed-signers.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, bob, mallory } from "../support/fixture-keys.ts";
import { codesOf, type Files, judgePackage, judgeRelease, publishersOf, take } from "../support/judge.ts";
import { hasTool } from "../support/tools.ts";
import { scriptOf } from "./documents.ts";

const hasTools = [hasTool("sha256sum"), hasTool("ssh-keygen")].every(Boolean);

/** Every regular file below `folder`, by path, as a source has it. */
function filesOf(folder: string): Map<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  return new Map(
    paths
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), Uint8Array.from(readFileSync(path))]),
  );
}

function run(script: string, cwd: string, environment: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", HOME: cwd, LC_ALL: "C.UTF-8", ...environment },
  });
  return { status, stdout, stderr };
}

describe.skipIf(!hasTools)("verifying by hand, as docs/format.md says", () => {
  const script = hasTools ? scriptOf("format.md", "verify") : "";
  let room = "";
  let release = "";
  const signers = () => join(room, "allowed_signers");
  const verify = (publisher = "alice") => run(script, release, { allowed_signers: signers(), publisher });

  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "by-hand-"));
    const content = { files: { "ontology.ttl": "# nothing\n", "docs/été and more.md": "# Read\n" } };
    const story = aRegistry()
      .publisher(alice)
      .publisher(bob)
      .package("x", { claimedBy: alice })
      .release("1.0.0", content);
    story.writeTo(join(room, "registry"));
    release = join(room, "registry/packages/x/1.0.0");
    writeFileSync(signers(), writeAllowedSigners(publishersOf(story.build())));
    return () => rmSync(room, { recursive: true });
  });

  it("a good release passes, and its publisher is named", () => {
    const result = verify();
    expect(result.stderr).toBe("");
    expect(result.stdout).toContain('Good "ggen-marketplace-release" signature for alice');
    expect(result.status).toBe(0);
  });

  it("a changed file fails", () => {
    appendFileSync(join(release, "content/ontology.ttl"), "# more\n");
    expect(verify().status).not.toBe(0);
  });

  it("a file that is not listed fails, which sha256sum alone does not see", () => {
    writeFileSync(join(release, "content/added.sh"), "true\n");
    expect(run("sha256sum --strict -c SHA256SUMS", release, {}).status).toBe(0);
    expect(verify().status).not.toBe(0);
  });

  it("a missing file fails", () => {
    rmSync(join(release, "content/ontology.ttl"));
    expect(verify().status).not.toBe(0);
  });

  it("a symbolic link in place of a file fails", () => {
    cpSync(join(release, "content/ontology.ttl"), join(room, "elsewhere.ttl"));
    rmSync(join(release, "content/ontology.ttl"));
    symlinkSync(join(room, "elsewhere.ttl"), join(release, "content/ontology.ttl"));
    expect(verify().status).not.toBe(0);
  });

  it("a list that was rewritten to fit changed files fails at the signature", () => {
    appendFileSync(join(release, "content/ontology.ttl"), "# more\n");
    const list =
      "find package.toml content -type f | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum > SHA256SUMS";
    expect(run(list, release, {}).status).toBe(0);
    expect(run("sha256sum --strict --quiet -c SHA256SUMS", release, {}).status).toBe(0);
    expect(verify().status).not.toBe(0);
  });

  it("another publisher's name fails, and so does an unknown one", () => {
    expect(verify("bob").status).not.toBe(0);
    expect(verify("mallory").status).not.toBe(0);
  });
});

const OURS = resolve("registry");

describe.skipIf(!hasTools || !existsSync(join(OURS, "registry.toml")))("this project's own registry", () => {
  it("every release whose key was not revoked passes by hand, with the allowed_signers that a build publishes", () => {
    const script = scriptOf("format.md", "verify");
    const room = mkdtempSync(join(tmpdir(), "by-hand-ours-"));
    try {
      const files: Files = filesOf(OURS);
      const signers = join(room, "allowed_signers");
      writeFileSync(signers, writeAllowedSigners(publishersOf(files)));
      const releases = [...files.keys()].flatMap(
        (path) => /^packages\/([^/]+)\/([^/]+)\/SHA256SUMS$/.exec(path) ?? [],
      );
      let tried = 0;
      for (let at = 0; at < releases.length; at += 3) {
        const [, name = "", version = ""] = releases.slice(at, at + 3);
        const { signature, standing } = take(judgeRelease(files, name, version));
        const folder = join(room, name, version);
        mkdirSync(folder, { recursive: true });
        cpSync(join(OURS, "packages", name, version), folder, { recursive: true });
        const result = run(script, folder, { allowed_signers: signers, publisher: signature.publisher });
        const isExpected = signature.keyState === "revoked" ? result.status !== 0 : result.status === 0;
        expect(`${name}@${version} ${standing} ${isExpected ? "as expected" : result.stderr}`).toBe(
          `${name}@${version} ${standing} as expected`,
        );
        tried++;
      }
      expect(tried).toBeGreaterThan(0);
    } finally {
      rmSync(room, { recursive: true });
    }
  });
});

describe.skipIf(!hasTools)("publishing by hand, as docs/publishing.md says", () => {
  let room = "";
  let registry = "";
  const key = () => join(room, "id_ed25519");

  beforeAll(() => {
    room = mkdtempSync(join(tmpdir(), "publish-by-hand-"));
    registry = aRegistry().writeTo(join(room, "registry"));
    run(`ssh-keygen -q -t ed25519 -N '' -C 'carol@example.org' -f id_ed25519`, room, {});
    mkdirSync(join(room, "my-shapes/content/shapes"), { recursive: true });
    writeFileSync(
      join(room, "my-shapes/package.toml"),
      'format = 1\n\n[package]\nname = "my-shapes"\nversion = "1.0.0"\npublisher = "carol"\ndescription = "Shapes by hand"\nlicense = "MIT"\n',
    );
    writeFileSync(join(room, "my-shapes/content/README.md"), "# My shapes\n");
    writeFileSync(join(room, "my-shapes/content/shapes/a b.ttl"), "# none yet\n");
  });
  afterAll(() => rmSync(room, { recursive: true }));

  const names = () => ({
    registry,
    iri: "https://registry.example/",
    publisher: "carol",
    package: "my-shapes",
    version: "1.0.0",
    source: join(room, "my-shapes"),
    key: key(),
  });

  it.each(["register", "claim", "release"])("the commands of %s succeed", (mark) => {
    const result = run(scriptOf("publishing.md", mark), room, names());
    expect(`${result.status} ${result.status === 0 ? "" : result.stderr}`).toBe("0 ");
  });

  it("what they made is accepted by verifyRelease", () => {
    const files = filesOf(registry);
    const release = take(judgeRelease(files, "my-shapes", "1.0.0"));
    expect(release.standing).toBe("good");
    expect(release.signature).toMatchObject({ publisher: "carol", keyState: "active" });
    expect([...release.content.keys()]).toEqual(["README.md", "shapes/a b.ttl"]);
  });

  it("the commands for the next statement extend the chain", () => {
    const script = scriptOf("publishing.md", "yank");
    const result = run(script, room, { ...names(), reason: "shapes too strict" });
    expect(`${result.status} ${result.status === 0 ? "" : result.stderr}`).toBe("0 ");
    expect(take(judgePackage(filesOf(registry), "my-shapes")).yanked).toEqual(
      new Map([["1.0.0", "shapes too strict"]]),
    );
  });

  it("a signature for another purpose, or by a stranger's key, is refused", () => {
    const folder = join(registry, "packages/my-shapes/1.0.0");
    const sign = (by: string, namespace: string) => {
      rmSync(join(folder, "SHA256SUMS.sig"));
      expect(run(`ssh-keygen -q -Y sign -f "${by}" -n ${namespace} SHA256SUMS`, folder, {}).status).toBe(0);
      return codesOf(judgeRelease(filesOf(registry), "my-shapes", "1.0.0"));
    };
    writeFileSync(join(room, "mallory"), utf8(writeOpenSshPrivateKey(mallory.privateKey, "mallory")), {
      mode: 0o600,
    });
    expect(sign(key(), "git")).toEqual(["SIGNATURE_NAMESPACE"]);
    expect(sign(join(room, "mallory"), "ggen-marketplace-release")).toEqual(["SIGNATURE_BY_STRANGER"]);
    expect(sign(key(), "ggen-marketplace-release")).toEqual([]);
  });
});
