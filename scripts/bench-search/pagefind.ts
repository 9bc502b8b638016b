/** Pagefind's index, by its own program. It is asked in a browser only. */
import { join } from "node:path";
import { close, createIndex } from "pagefind";
import type { Package } from "./corpus.ts";
import type { Engine } from "./engine.ts";
import { joined } from "./fairness.ts";

export const PAGEFIND_FOLDER = "pagefind";
/** Records that are under way to the program at a time. */
const AT_ONCE = 64;

export const pagefind: Engine = {
  async build(packages, folder) {
    const { index, errors } = await createIndex({ forceLanguage: "en" });
    if (index === undefined) throw new Error(errors.join("; "));
    for (let at = 0; at < packages.length; at += AT_ONCE) {
      const added = await Promise.all(
        packages.slice(at, at + AT_ONCE).map((each) => index.addCustomRecord(record(each))),
      );
      const fault = added.flatMap((answer) => answer.errors)[0];
      if (fault !== undefined) throw new Error(fault);
    }
    const written = await index.writeFiles({ outputPath: join(folder, PAGEFIND_FOLDER) });
    if (written.errors.length > 0) throw new Error(written.errors.join("; "));
    await close();
  },

  async open() {
    throw new Error("Pagefind answers in a browser only");
  },
};

/** The name and its joined form are metadata, which Pagefind searches and weighs by field. */
function record({ name, version, downloads, summary }: Package) {
  return {
    url: `/${encodeURIComponent(name)}/`,
    content: summary === "" ? name : summary,
    language: "en",
    meta: { title: name, joined: joined(name), version, downloads: String(downloads) },
  };
}
