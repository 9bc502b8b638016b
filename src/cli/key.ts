import { visible } from "../base/visible.ts";
import {
  PrivateKey,
  type PrivateKeyFormat,
  type PublicKeyFormat,
  readKeyFile,
  readPublicKey,
  writeKeyFiles,
  writePrivateKey,
  writePublicKey,
} from "../node/keys.ts";
import type { PublicKey } from "../trust/public-key.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { PASSPHRASE_VARIABLE, readSigner, unusableKey } from "./signer.ts";

type Form = "openssh" | "pem" | "hex" | "base64";
const FORMS: readonly string[] = ["openssh", "pem", "hex", "base64"];

export const run: Run = async (args, options, context) => {
  const [action = "", file] = args;
  if (action === "generate") {
    if (file !== undefined) throw new UsageError(`key generate takes no file; write --out "${file}"`);
    return generate(options, context);
  }
  const actions = new Map([
    ["import", importKey],
    ["export", exportKey],
    ["show", show],
  ]);
  const known = actions.get(action);
  if (known === undefined)
    throw new UsageError(`Unknown action "${action}"; there are generate, import, export, show`);
  if (file === undefined) throw new UsageError(`key ${action} needs a file`);
  return known(file, options, context);
};

async function generate(options: Options, context: Context): Promise<undefined> {
  const out = options.required("out", "where the private key is written");
  const key = PrivateKey.generate();
  writePair(key, out, options, context);
  announce(key.publicKey, out, "Made", context);
}

/** Takes a key in any form that is read, and writes it as this program's commands like it best. */
async function importKey(file: string, options: Options, context: Context): Promise<undefined> {
  const out = options.required("out", "where the private key is written");
  const key = await readSigner(file, context);
  writePair(key, out, options, context);
  announce(key.publicKey, out, "Imported", context);
}

async function exportKey(file: string, options: Options, context: Context): Promise<undefined> {
  const form = formOf(options, "openssh");
  const text = options.flag("public")
    ? writePublicKey(
        await readPublic(file, context),
        form === "pem" ? "spki" : (form as PublicKeyFormat),
        options.text("comment"),
      )
    : privateText(await readSigner(file, context), form, options, context);
  const out = options.text("out");
  if (out === undefined) {
    context.terminal.result({ format: form, key: text }, () => text);
    return;
  }
  writeKeyFiles([{ path: out, text, isPrivate: !options.flag("public") }]);
  context.terminal.result({ format: form, file: out }, () => `Wrote ${out}`);
}

async function show(file: string, _options: Options, context: Context): Promise<undefined> {
  const key = await readPublic(file, context);
  context.terminal.result(
    { fingerprint: key.id, openssh: key.openssh, hex: writePublicKey(key, "hex").trim() },
    () => `256 ${key.id} ${visible(file)} (ED25519)\n${key.openssh}`,
  );
}

function announce(key: PublicKey, out: string, verb: string, context: Context): void {
  context.terminal.result({ fingerprint: key.id, privateKey: out, publicKey: `${out}.pub` }, () =>
    [`${verb} ${key.id}`, `  private  ${out} (keep it to yourself)`, `  public   ${out}.pub`].join("\n"),
  );
}

function writePair(key: PrivateKey, out: string, options: Options, context: Context): void {
  const form = formOf(options, options.flag("encrypt") ? "pem" : "openssh");
  const text = privateText(key, form, options, context);
  if (!options.flag("encrypt") && context.environment[PASSPHRASE_VARIABLE])
    context.terminal.note(
      `the key is not encrypted: --encrypt takes the passphrase in ${PASSPHRASE_VARIABLE}`,
    );
  const publicText = writePublicKey(key.publicKey, "openssh", options.text("comment"));
  writeKeyFiles([
    { path: out, text, isPrivate: true },
    { path: `${out}.pub`, text: publicText, isPrivate: false },
  ]);
}

function privateText(key: PrivateKey, form: Form, options: Options, context: Context): string {
  const passphrase = options.flag("encrypt") ? requiredPassphrase(context) : undefined;
  const format: PrivateKeyFormat = form === "pem" ? "pkcs8" : form;
  const comment = options.text("comment");
  return writePrivateKey(key, format, {
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(comment === undefined || form !== "openssh" ? {} : { comment }),
  });
}

function requiredPassphrase(context: Context): string {
  const passphrase = context.environment[PASSPHRASE_VARIABLE];
  if (passphrase === undefined || passphrase === "")
    throw new UsageError(`--encrypt takes the passphrase from ${PASSPHRASE_VARIABLE}, which is not set`);
  return passphrase;
}

function formOf(options: Options, otherwise: Form): Form {
  const form = options.text("format") ?? otherwise;
  if (!FORMS.includes(form)) throw new UsageError(`--format takes ${FORMS.join(", ")}, got "${form}"`);
  return form as Form;
}

/**
 * The public half of a key file, whichever half it holds. Hex and base64 do not say which it is: they are
 * taken for a private key unless the file's name ends in .pub, so that no secret is ever shown as a public key.
 */
async function readPublic(file: string, context: Context): Promise<PublicKey> {
  const text = new TextDecoder().decode(readKeyFile(file).bytes);
  const isPublic = file.endsWith(".pub") || /^(?:ssh-|ecdsa-|sk-|-----BEGIN PUBLIC KEY)/.test(text);
  if (!isPublic) return (await readSigner(file, context)).publicKey;
  const key = readPublicKey(text, file);
  if (!key.ok) throw unusableKey(file, key.problems);
  return key.value;
}
