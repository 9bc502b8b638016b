/**
 * registry.json: the pointer from which a client without a pinned root starts.
 *
 *     { "format": 1, "name", "title", "iri", "root": { "sha256", "length" }, "note" }
 *
 * It decides nothing: what it names is a view like any other, and a client that starts from it says
 * that its view is not pinned.
 */
import * as v from "valibot";
import { decodeUtf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { REGISTRY_FILE, type Ref, TREE_FORMAT } from "../snapshot/layout.ts";
import type { Reader } from "./reader.ts";

const POINTER_BYTES_MAX = 65_536;

const pointer = v.object({
  format: v.number(),
  root: v.object({
    sha256: v.pipe(v.string(), v.check(isDigest), v.transform((text) => text as Digest)),
    length: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
});

export async function readPointer(reader: Reader): Promise<Ref> {
  return parsePointer(await readPointerBytes(reader), reader.location);
}

export function readPointerBytes(reader: Reader): Promise<Uint8Array> {
  return reader.read(REGISTRY_FILE, { bytesMax: POINTER_BYTES_MAX });
}

export function parsePointer(bytes: Uint8Array, location: string): Ref {
  const parsed = v.safeParse(pointer, parseJson(bytes));
  if (!parsed.success)
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `${location} has a ${REGISTRY_FILE} that cannot be read`,
      "give the address of a published tree: the folder or URL that holds registry.json",
    );
  if (parsed.output.format > TREE_FORMAT)
    throw new RegistryError(
      "NEWER_FORMAT",
      `${location} is published in format ${parsed.output.format}; this program reads format ${TREE_FORMAT}`,
      "update ggen-marketplace",
    );
  return parsed.output.root;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    return undefined;
  }
}
