import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CeremonyRoom } from "../support/ceremony.ts";
import { codeOf, type Refusal, startCli } from "../support/cli.ts";
import { bob, testKey } from "../support/fixture-keys.ts";

let room: CeremonyRoom;
beforeEach(() => {
  room = new CeremonyRoom();
});

const check = () => room.run(["check", "--registry", room.source, "--json"]);
const problems = (result: ReturnType<typeof check>) =>
  result
    .json<Refusal>()
    .error.problems.map(({ code }) => code)
    .filter((code) => code !== "SOURCE_FILE_UNTRACKED");
const fileOf = (name: string) => join(room.source, "trust", name);
const metadata = (name: string) => JSON.parse(readFileSync(fileOf(name), "utf8"));

describe("trust init", () => {
  test("makes root, targets and what is ratified, which wait for two of three", () => {
    const holders = ["ann", "ben", "cay"].map((name) => `${room.key(name)}.pub`).join(",");
    const made = room.must(room.trust("init", "--holders", holders, "--online-key", `${room.key("ci")}.pub`));
    expect(made.json()).toMatchObject({
      files: ["trust/1.root.json", "trust/1.targets.json", "trust/ratified.json"],
      complete: false,
    });
    expect(metadata("1.root.json").signed).toMatchObject({
      registry: "https://registry.example/",
      roles: { root: { threshold: 2 }, targets: { threshold: 2 }, timestamp: { threshold: 1 } },
    });
    expect(Object.keys(metadata("ratified.json").claims)).toEqual(["x", "y"]);
    expect(problems(check())).toEqual(["TRUST_INCOMPLETE", "TRUST_INCOMPLETE"]);
    room.signed("ann");
    expect(problems(check())).toEqual(["TRUST_INCOMPLETE", "TRUST_INCOMPLETE"]);
    room.signed("cay");
    expect(check().code).toBe(0);
  });

  test("a second root is made by rotate, not by init", () => {
    room.begin();
    const again = room.trust(
      "init",
      "--holders",
      `${room.key("ann")}.pub`,
      "--online-key",
      `${room.key("ci")}.pub`,
    );
    expect(codeOf(again)).toBe("CEREMONY_EXISTS");
  });

  test.each([
    ["a holder twice", ["ann", "ann"], "1", "ci", "BAD_HOLDERS"],
    ["a threshold above the holders", ["ann", "ben"], "3", "ci", "BAD_HOLDERS"],
    ["a key that is online and offline", ["ann", "ben"], "2", "ann", "BAD_HOLDERS"],
  ])("%s is refused, and nothing is written", (_, names, threshold, online, code) => {
    const holders = names.map((name) => `${room.key(name)}.pub`).join(",");
    const words = ["--holders", holders, "--threshold", threshold, "--online-key", `${room.key(online)}.pub`];
    expect(codeOf(room.trust("init", ...words))).toBe(code);
    expect(existsSync(fileOf("1.root.json"))).toBe(false);
  });

  test("a private key in the place of a public one is refused, and is not shown", () => {
    const key = room.key("ann");
    const refused = room.trust("init", "--holders", key, "--online-key", `${room.key("ci")}.pub`);
    expect(codeOf(refused)).toBe("KEY_IS_PRIVATE");
    expect(refused.stdout + refused.stderr).not.toContain(readFileSync(key, "utf8").split("\n")[1]);
  });
});

describe("trust sign", () => {
  test("shows what is signed; each holder once; nobody else", () => {
    const holders = ["ann", "ben"].map((name) => `${room.key(name)}.pub`).join(",");
    room.must(room.trust("init", "--holders", holders, "--online-key", `${room.key("ci")}.pub`));
    const signed = room.run(["trust", "sign", "--registry", room.source, "--key", room.key("ann")]);
    expect(signed.stderr).toContain("What you sign, for https://registry.example/:");
    expect(signed.stderr).toContain("2 packages, 1 publisher and 0 maintainers ratified");
    expect(codeOf(room.trust("sign", "--key", room.key("ann")))).toBe("NOTHING_TO_SIGN");
    expect(codeOf(room.trust("sign", "--key", room.key("mallory")))).toBe("NOTHING_TO_SIGN");
    expect(metadata("1.root.json").signatures).toHaveLength(1);
  });

  test("a signer sees what is new since the targets before, the maintainers first", () => {
    room.begin();
    const carol = testKey("carol");
    writeFileSync(fileOf("maintainers.toml"), `format = 1\nkeys = ["${carol.publicKey.openssh}"]\n`);
    room.commit("a maintainer");
    expect(room.trust("status").json()).toMatchObject({
      due: ["other maintainers are listed than were ratified: trust ratify, then trust sign"],
    });
    const made = room.must(room.run(["trust", "ratify", "--registry", room.source]));
    expect(made.stdout).toContain("Made the next targets, with 1 change:");
    room.commit("to be signed");
    const sign = (name: string) =>
      room.must(room.run(["trust", "sign", "--registry", room.source, "--key", room.key(name)])).stderr;
    const added = `+ maintainer ${carol.publicKey.id}: may override every owner`;
    for (const name of ["ann", "ben"]) {
      const shown = sign(name);
      expect(shown).toContain("new among them:");
      expect(shown).toContain(added);
      expect(shown).not.toContain("+ package");
      room.commit(`signed by ${name}`);
    }
  });

  test("of the first targets everything is new, with the claim that each name rests on", () => {
    const holders = ["ann", "ben"].map((name) => `${room.key(name)}.pub`).join(",");
    room.must(room.trust("init", "--holders", holders, "--online-key", `${room.key("ci")}.pub`));
    const signed = room.run(["trust", "sign", "--registry", room.source, "--key", room.key("ann")]);
    expect(signed.stderr).toMatch(
      /\+ publisher alice, by publishers\/alice\/statements\/0001\.toml \(sha256 /,
    );
    expect(signed.stderr).toMatch(/\+ package y, by packages\/y\/statements\/0001\.toml \(sha256 /);
  });

  test("a wrong passphrase, no key, another kind of key: refused, and nothing is signed", () => {
    const holders = ["ann", "ben"].map((name) => `${room.key(name)}.pub`).join(",");
    room.must(room.trust("init", "--holders", holders, "--online-key", `${room.key("ci")}.pub`));
    const before = readFileSync(fileOf("1.root.json"), "utf8");
    const encrypted = join(room.folder, "encrypted");
    room.must(
      room.run(["key", "import", room.key("ann"), "--out", encrypted, "--encrypt"], {
        env: { GGEN_MARKETPLACE_PASSPHRASE: "right" },
      }),
    );
    const wrong = room.run(["trust", "sign", "--registry", room.source, "--key", encrypted, "--json"], {
      env: { GGEN_MARKETPLACE_PASSPHRASE: "wrong" },
    });
    expect(codeOf(wrong)).toBe("KEY_PASSPHRASE_WRONG");
    writeFileSync(
      join(room.folder, "rsa"),
      "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    );
    expect(codeOf(room.trust("sign", "--key", join(room.folder, "rsa")))).toBe("KEY_KIND");
    expect(readFileSync(fileOf("1.root.json"), "utf8")).toBe(before);
  });

  test("two signers at once: no signature is lost", async () => {
    const holders = ["ann", "ben", "cay"].map((name) => `${room.key(name)}.pub`).join(",");
    room.must(
      room.trust("init", "--holders", holders, "--threshold", "3", "--online-key", `${room.key("ci")}.pub`),
    );
    const codes = await Promise.all(
      ["ann", "ben", "cay"].map(
        (name) =>
          new Promise<number | null>((done) =>
            startCli(["trust", "sign", "--registry", room.source, "--key", room.key(name)], {
              home: room.home,
            }).once("close", done),
          ),
      ),
    );
    const signed = codes.filter((code) => code === 0).length;
    expect(signed).toBeGreaterThan(0);
    expect(metadata("1.root.json").signatures).toHaveLength(signed);
  });
});

describe("trust rotate", () => {
  test("needs the old holders and the new ones; with another online key targets follows", () => {
    room.begin();
    const holders = ["ben", "dan"].map((name) => `${room.key(name)}.pub`).join(",");
    const made = room.must(
      room.trust("rotate", "--holders", holders, "--online-key", `${room.key("ci-2")}.pub`),
    );
    expect(made.json()).toMatchObject({
      files: ["trust/2.root.json", "trust/2.targets.json", "trust/ratified.json"],
    });
    expect(codeOf(room.trust("rotate"))).toBe("CEREMONY_OPEN");
    room.signed("ben", "dan");
    // Ben alone of the old holders: one more of them must sign.
    expect(problems(check())).toEqual(["TRUST_INCOMPLETE"]);
    room.signed("cay");
    expect(check().code).toBe(0);
  });

  test("to the key that there is already is refused: a stolen one stays stolen", () => {
    room.begin();
    expect(codeOf(room.trust("rotate", "--online-key", `${room.key("ci")}.pub`))).toBe("SAME_KEY");
  });

  test("for more time alone, the next root says the same for longer", () => {
    room.begin();
    room.must(room.trust("rotate"));
    room.signed();
    const { roles } = metadata("1.root.json").signed;
    expect(metadata("2.root.json").signed).toMatchObject({ version: 2, roles });
    expect(existsSync(fileOf("2.targets.json"))).toBe(false);
  });
});

describe("trust ratify", () => {
  /** Another publisher with a package comes in. */
  function addZ(): void {
    const story = aRegistry();
    story.publisher(bob);
    story.package("z", { claimedBy: bob }).release("1.0.0").signedBy(bob);
    const files = story.build();
    for (const path of files.keys()) if (!/^(publishers\/bob|packages\/z)\//.test(path)) files.delete(path);
    for (const [path, bytes] of files) {
      const file = join(room.source, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    room.commit("z");
  }

  test("takes what is new in the source; status says what waits and what is due", () => {
    room.begin();
    expect(room.trust("status").json()).toMatchObject({
      ratified: { packages: 2, publishers: 1, notYet: [] },
      due: [],
    });
    addZ();
    expect(room.trust("status").json()).toMatchObject({ ratified: { notYet: ["z", "bob"] } });
    room.must(room.trust("ratify"));
    room.signed("ben", "cay");
    expect(Object.keys(metadata("ratified.json").claims)).toEqual(["x", "y", "z"]);
    expect(room.trust("status").json()).toMatchObject({
      targets: { version: 2 },
      ratified: { packages: 3, publishers: 2, notYet: [] },
    });
  });

  test("one name, with every publisher; an unknown one is refused", () => {
    room.begin();
    addZ();
    expect(codeOf(room.trust("ratify", "nothing"))).toBe("UNKNOWN_NAME");
    room.must(room.trust("ratify", "z"));
    expect(Object.keys(metadata("ratified.json").publishers)).toEqual(["alice", "bob"]);
  });

  test("a ratified name whose first statement was exchanged stops the build", () => {
    room.begin();
    const other = aRegistry();
    other.publisher(bob);
    other.package("x", { claimedBy: bob }).release("1.0.0").signedBy(bob);
    rmSync(join(room.source, "packages/x"), { recursive: true });
    for (const [path, bytes] of other.build())
      if (/^(publishers\/bob|packages\/x)\//.test(path)) {
        mkdirSync(dirname(join(room.source, path)), { recursive: true });
        writeFileSync(join(room.source, path), bytes);
      }
    expect(problems(check())).toContain("CLAIM_NOT_RATIFIED");
    expect(codeOf(room.trust("ratify"))).toBe("RATIFIED_CHANGED");
  });
});

describe("a ceremony that was touched by hand", () => {
  test.each([
    ["a root that is missing", () => rmSync(fileOf("1.root.json")), "TRUST_ROOT_MISSING"],
    ["targets that are missing", () => rmSync(fileOf("1.targets.json")), "TRUST_TARGETS_MISSING"],
    [
      "what was ratified, changed",
      () =>
        writeFileSync(
          fileOf("ratified.json"),
          readFileSync(fileOf("ratified.json"), "utf8").replace('"y":', '"z":'),
        ),
      "RATIFIED_DIFFERS",
    ],
    ["a root with a space more", () => appendFileSync(fileOf("1.root.json"), " "), "TRUST_INVALID"],
    [
      "a root of another registry",
      () =>
        writeFileSync(
          fileOf("1.root.json"),
          readFileSync(fileOf("1.root.json"), "utf8").replace("registry.example", "registry.another"),
        ),
      "TRUST_OTHER_REGISTRY",
    ],
    [
      "a root under another number",
      () => writeFileSync(fileOf("2.root.json"), readFileSync(fileOf("1.root.json"))),
      "TRUST_INVALID",
    ],
  ])("%s is named by check, and nothing is signed on it", (_, touch, code) => {
    room.begin();
    touch();
    expect(problems(check())).toContain(code);
    expect(room.trust("sign", "--key", room.key("cay")).code).toBe(1);
  });
});
