/**
 * The graph's files. The whole is the concatenation of its parts: catalogue, publishers, packages by name;
 * Turtle under one prefix block, N-Quads with a gzip member for each package. So the part of an unchanged
 * package is taken as it is.
 */
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import type { Problem } from "../base/problem.ts";
import { catalogQuads } from "../graph/catalog-quads.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { publisherQuads } from "../graph/publisher-quads.ts";
import type { GraphPart } from "../graph/quad-list.ts";
import { TURTLE_PREFIXES, writeTurtle } from "../graph/turtle.ts";
import { validateGraph } from "../graph/validate.ts";
import * as layout from "../snapshot/layout.ts";
import type { AssemblyRoom, ToPublish } from "./assemble.ts";
import { countLines, inSource, packNQuads } from "./compile-package.ts";
import { turtlePageOf } from "./package-facts.ts";
import type { BuildPorts } from "./ports.ts";

export interface GraphFiles {
  readonly turtle: layout.Ref;
  readonly nquads: layout.Ref;
  readonly triples: number;
  readonly problems: readonly Problem[];
}

/** A piece of a large file: fetched when its turn comes, and good until the next one. */
interface Piece {
  readonly sha256: Digest;
  readonly bytes: () => Uint8Array;
}

export async function addGraph(input: ToPublish, room: AssemblyRoom): Promise<GraphFiles> {
  const { blobs, files, ports } = room;
  const { config } = input.source;
  const categories = input.packages.flatMap(({ latest }) => latest.category ?? []);
  const parts: GraphPart[] = [
    catalogQuads(config, { categories }),
    ...[...input.publishers.values()].map(({ state }) => publisherQuads(state, config)),
  ];
  const problems: Problem[] = [];
  for (const part of parts) {
    const shapes = await validateGraph(part.quads);
    problems.push(...part.warnings, ...shapes.map((problem) => inSource(problem, config)));
  }
  const turtle = utf8(TURTLE_PREFIXES + parts.map((part) => writeTurtle(part.quads)).join(""));
  const lines = utf8(parts.map((part) => writeNQuads(part.quads)).join(""));
  const nquads = packNQuads(lines);
  const turtlePieces: Piece[] = [{ sha256: ports.hash(turtle), bytes: () => turtle }];
  const nquadsPieces: Piece[] = [{ sha256: ports.hash(nquads), bytes: () => nquads }];
  let triples = countLines(lines);
  for (const facts of input.packages) {
    const { name } = facts.view;
    turtlePieces.push({ ...facts.turtle, bytes: () => blobs.glance(facts.turtle) });
    nquadsPieces.push({ ...facts.nquads, bytes: () => blobs.glance(facts.nquads) });
    triples += facts.triples;
    const page = () => turtlePageOf(blobs.get(facts.turtle));
    files.addKnown(layout.packageTurtlePath(name), { ...facts.turtlePage, bytes: page });
    files.addKnown(layout.packageJsonLdPath(name), { ...facts.jsonLd, bytes: () => blobs.get(facts.jsonLd) });
  }
  return {
    turtle: addWhole(turtlePieces, "ttl", room),
    nquads: addWhole(nquadsPieces, "nq.gz", room),
    triples,
    problems,
  };
}

/** Hashed and written piece by piece: it may be larger than memory should hold. */
function addWhole(
  parts: readonly Piece[],
  form: "ttl" | "nq.gz",
  { files, ports }: AssemblyRoom,
): layout.Ref {
  const { sha256, length } = wholeRef(parts, ports);
  function* pieces(): Iterable<Uint8Array> {
    for (const part of parts) yield part.bytes();
  }
  const file = { sha256, length, bytes: () => joined(pieces(), length), pieces };
  files.addKnown(layout.graphPath(sha256, form), file);
  if (form === "ttl") files.addKnown(layout.TURTLE_FILE, file);
  return { sha256, length };
}

/** The same pieces make the same file: it is hashed anew where one of them is another. */
function wholeRef(parts: readonly Piece[], { cache, hash, openHash }: BuildPorts): layout.Ref {
  const key = `whole ${hash(utf8(parts.map(({ sha256 }) => sha256).join("\n")))}`;
  const kept = cache.get(key);
  if (kept !== undefined) return JSON.parse(new TextDecoder().decode(kept)) as layout.Ref;
  const running = openHash();
  let length = 0;
  for (const part of parts) {
    const bytes = part.bytes();
    running.update(bytes);
    length += bytes.length;
  }
  const ref = { sha256: running.digest(), length };
  cache.put(key, utf8(JSON.stringify(ref)));
  return ref;
}

function joined(pieces: Iterable<Uint8Array>, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
