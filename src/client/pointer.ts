/**
 * registry.json: the pointer from which a client without a pinned root starts.
 *
 *     { "format": 1, "name", "title", "iri", "root": { "sha256", "length" }, "note" }
 *
 * It decides nothing: what it names is a view like any other, and a client that starts from it says
 * that its view is not pinned.
 */
import { decodeUtf8 } from "../base/bytes.ts";
import { isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { count, matching, object } from "../base/shape.ts";
import { REGISTRY_FILE, type Ref, TREE_FORMAT } from "../snapshot/layout.ts";
import type { Reader } from "./reader.ts";

export const POINTER_BYTES_MAX = 65_536;

interface Pointer {
  readonly format: number;
  readonly root: Ref;
}

const formatShape = object({ format: count });
const pointerShape = object({ format: count, root: object({ sha256: matching(isDigest), length: count }) });

export async function readPointer(reader: Reader): Promise<Ref> {
  return parsePointer(await readPointerBytes(reader), reader.location);
}

export function readPointerBytes(reader: Reader): Promise<Uint8Array> {
  return reader.read(REGISTRY_FILE, { bytesMax: POINTER_BYTES_MAX });
}

/** The index root that registry.json names. Throws NOT_A_REGISTRY, and NEWER_FORMAT for a tree of a later program. */
export function parsePointer(bytes: Uint8Array, location: string): Ref {
  const value = parseJson(bytes);
  if (formatShape(value) && (value as Pointer).format > TREE_FORMAT)
    throw new RegistryError(
      "NEWER_FORMAT",
      `${location} is published in format ${(value as Pointer).format}; this program reads format ${TREE_FORMAT}`,
      "update ggen-marketplace",
    );
  if (pointerShape(value)) return (value as Pointer).root;
  throw new RegistryError(
    "NOT_A_REGISTRY",
    `${location} has a ${REGISTRY_FILE} that cannot be read`,
    "try again, for it may have come in half; else give the folder or URL of a published registry",
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // What is not JSON is no pointer either: the caller says so.
    return undefined;
  }
}
