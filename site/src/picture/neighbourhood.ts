/**
 * The picture of a package among its neighbours, laid out when the page is built: who needs it,
 * the package, what it needs. Plain geometry; the component turns it into SVG.
 *
 *     wide:    dependents ──► package ──► dependencies      three columns, two where a side is empty
 *     narrow:  the same, read downwards along one line      for small screens
 */
export interface Neighbour {
  readonly name: string;
  /** Where its page is; absent for what stands for several, or is not in this registry. */
  readonly href?: string;
  readonly optional?: boolean;
}

export interface PictureNode extends Neighbour {
  readonly role: "dependent" | "package" | "dependency" | "more";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** The name, cut to what fits. */
  readonly label: string;
}

export interface PictureEdge {
  /** An SVG path, from who needs to what is needed. */
  readonly path: string;
  readonly optional: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly nodeHeight: number;
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** Neighbours drawn on each side; the rest are one node that counts them. */
export const NEIGHBOURS_MAX = 8;
const NODE_HEIGHT = 30;
const ROW = 40;
const CHARACTER = 7.9;
const PADDING = 12;

const WIDE = { column: 208, gap: 48 } as const;
const NARROW = { width: 340, indent: 28, rail: 9 } as const;

/** `undefined` where there is no neighbour to draw. */
export function drawNeighbourhood(
  name: string,
  dependents: readonly Neighbour[],
  dependencies: readonly Neighbour[],
  shape: "wide" | "narrow",
): Picture | undefined {
  if (dependents.length + dependencies.length === 0) return undefined;
  const before = fitting(dependents);
  const after = fitting(dependencies);
  return shape === "wide" ? drawWide(name, before, after) : drawNarrow(name, before, after);
}

function fitting(neighbours: readonly Neighbour[]): readonly (Neighbour & { more?: true })[] {
  if (neighbours.length <= NEIGHBOURS_MAX) return neighbours;
  const drawn = neighbours.slice(0, NEIGHBOURS_MAX - 1);
  return [...drawn, { name: `and ${neighbours.length - drawn.length} more`, more: true }];
}

type Fitting = ReturnType<typeof fitting>;

function drawWide(name: string, before: Fitting, after: Fitting): Picture {
  const { column, gap } = WIDE;
  // A side without neighbours takes no room.
  const columns = 1 + Math.sign(before.length) + Math.sign(after.length);
  const width = columns * column + (columns - 1) * gap;
  const rows = Math.max(before.length, after.length, 1);
  const height = rows * ROW;
  const top = (index: number, count: number): number =>
    (height - count * ROW) / 2 + index * ROW + (ROW - NODE_HEIGHT) / 2;
  const side = (list: Fitting, role: "dependent" | "dependency", x: number): PictureNode[] =>
    list.map((neighbour, i) =>
      node(neighbour, neighbour.more ? "more" : role, x, top(i, list.length), column),
    );
  const centre = node({ name }, "package", before.length > 0 ? column + gap : 0, top(0, 1), column);
  const left = side(before, "dependent", 0);
  const right = side(after, "dependency", width - column);
  const middle = (placed: PictureNode): number => placed.y + NODE_HEIGHT / 2;
  const edges = [
    ...left.map((from) => edge(from, column, middle(from), centre.x, middle(centre))),
    ...right.map((to) => edge(to, centre.x + column, middle(centre), to.x, middle(to))),
  ];
  return { width, height, nodeHeight: NODE_HEIGHT, nodes: [...left, centre, ...right], edges };
}

/** A flat S from one side to the other, ending a little before the node so that the arrow's head has room. */
function edge(neighbour: Neighbour, x1: number, y1: number, x2: number, y2: number): PictureEdge {
  const bend = (x2 - x1) / 2;
  const path = `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5} ${y2}`;
  return { path, optional: neighbour.optional === true };
}

function drawNarrow(name: string, before: Fitting, after: Fitting): Picture {
  const { width, indent, rail } = NARROW;
  const row = (index: number): number => index * ROW + (ROW - NODE_HEIGHT) / 2;
  const wide = width - indent;
  const top = before.map((n, i) => node(n, n.more ? "more" : "dependent", indent, row(i), wide));
  const centre = node({ name }, "package", 0, row(before.length), width);
  const bottom = after.map((n, i) =>
    node(n, n.more ? "more" : "dependency", indent, row(before.length + 1 + i), wide),
  );
  const middle = (placed: PictureNode): number => placed.y + NODE_HEIGHT / 2;
  const edges = [
    ...top.map((from) => ({
      path: `M${indent} ${middle(from)} H${rail + 8} Q${rail} ${middle(from)} ${rail} ${middle(from) + 8} V${centre.y - 5}`,
      optional: false,
    })),
    ...bottom.map((to) => ({
      path: `M${rail} ${centre.y + NODE_HEIGHT} V${middle(to) - 8} Q${rail} ${middle(to)} ${rail + 8} ${middle(to)} H${indent - 5}`,
      optional: to.optional === true,
    })),
  ];
  const rows = before.length + 1 + after.length;
  return { width, height: rows * ROW, nodeHeight: NODE_HEIGHT, nodes: [...top, centre, ...bottom], edges };
}

function node(
  neighbour: Neighbour,
  role: PictureNode["role"],
  x: number,
  y: number,
  width: number,
): PictureNode {
  const { name, href, optional } = neighbour;
  const fits = Math.floor((width - 2 * PADDING) / CHARACTER);
  return {
    name,
    ...(href === undefined ? {} : { href }),
    ...(optional === undefined ? {} : { optional }),
    role,
    x,
    y,
    width,
    label: shortened(name, fits),
  };
}

/** `text` in at most `length` characters: its middle goes, since names differ at both ends. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = length - 1;
  return `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
}
