/** A ceremony as its holders go through it, with the program: keys, a source in git, who signs. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivateKey, writePublicKey } from "../../src/node/keys.ts";
import { aRegistry, type RegistryStory } from "./a-registry.ts";
import { type CliOptions, type CliResult, cli, tempFolder } from "./cli.ts";
import { alice, testKey } from "./fixture-keys.ts";

export class CeremonyRoom {
  readonly folder = tempFolder("ceremony");
  readonly home = tempFolder("home");
  readonly source: string;

  constructor(story: RegistryStory = aStory()) {
    this.source = story.writeTo(join(this.folder, "registry"));
    this.git("init", "-q", "-b", "main");
    this.commit("first");
  }

  /** Writes a key pair where there is none, and gives the private file; `.pub` is the public one. */
  key(name: string): string {
    const file = join(this.folder, name);
    const { privateKey, publicKey } = testKey(name);
    writeFileSync(file, writePrivateKey(privateKey, "openssh"), { mode: 0o600 });
    writeFileSync(`${file}.pub`, writePublicKey(publicKey, "openssh"));
    return file;
  }

  run(words: readonly string[], options: CliOptions = {}): CliResult {
    return cli(words, { home: this.home, ...options });
  }

  trust(...words: readonly string[]): CliResult {
    return this.run(["trust", ...words, "--registry", this.source, "--json"]);
  }

  /** Ann, ben and cay hold the root, two must sign; ci signs online. Signed by ann and ben, committed. */
  begin(): this {
    const holders = ["ann", "ben", "cay"].map((name) => `${this.key(name)}.pub`).join(",");
    this.must(this.trust("init", "--holders", holders, "--online-key", `${this.key("ci")}.pub`));
    return this.signed();
  }

  signed(...names: readonly string[]): this {
    for (const name of names.length > 0 ? names : ["ann", "ben"])
      this.must(this.trust("sign", "--key", this.key(name)));
    return this.commit("signed");
  }

  /** Builds the source, without signing. */
  build(out: string, ...words: readonly string[]): string {
    const tree = join(this.folder, out);
    this.must(this.run(["build", "--registry", this.source, "--out", tree, "--unsigned", ...words]));
    return tree;
  }

  publish(tree: string, ...words: readonly string[]): CliResult {
    return this.trust("publish", tree, "--online-key", this.key("ci"), ...words);
  }

  must(result: CliResult): CliResult {
    if (result.code === 0) return result;
    throw new Error(`the program refused:\n${result.stdout}${result.stderr}`);
  }

  commit(message: string): this {
    this.git("add", "-A", "--force");
    this.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.org",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      message,
    );
    return this;
  }

  git(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync("git", words, { cwd: this.source, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }
}

export function aStory(): RegistryStory {
  const story = aRegistry();
  story.publisher(alice);
  story.package("x").release("1.0.0").signedBy(alice);
  story.package("y").release("1.0.0").signedBy(alice);
  return story;
}
