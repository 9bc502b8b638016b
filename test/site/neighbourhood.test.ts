import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawNeighbourhood, NEIGHBOURS_MAX, shortened } from "../../site/src/picture/neighbourhood.ts";

const neighbours = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `package-${i}`, href: `/${i}` }));

describe("the picture of a package's neighbours", () => {
  it("is not drawn where there are none", () => {
    expect(drawNeighbourhood("alone", [], [], "wide")).toBeUndefined();
  });

  it("has a node for each neighbour and an edge for each of them", () => {
    const picture = drawNeighbourhood("a", neighbours(2), neighbours(3), "wide");
    expect(picture?.nodes.map((node) => node.role)).toEqual([
      ...Array(2).fill("dependent"),
      "package",
      ...Array(3).fill("dependency"),
    ]);
    expect(picture?.edges).toHaveLength(5);
  });

  it("counts those that do not fit", () => {
    const picture = drawNeighbourhood("a", [], neighbours(30), "narrow");
    expect(picture?.nodes).toHaveLength(1 + NEIGHBOURS_MAX);
    expect(picture?.nodes.at(-1)).toMatchObject({ role: "more", name: "and 23 more" });
  });

  it("gives an empty side no room", () => {
    const both = drawNeighbourhood("a", neighbours(1), neighbours(1), "wide");
    const one = drawNeighbourhood("a", [], neighbours(1), "wide");
    expect(one?.width).toBeLessThan(both?.width ?? 0);
  });

  it("keeps every node inside and apart from every other, however many there are", () => {
    const count = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        count,
        count,
        fc.constantFrom("wide" as const, "narrow" as const),
        (before, after, shape) => {
          const picture = drawNeighbourhood("x".repeat(64), neighbours(before), neighbours(after), shape);
          if (picture === undefined) return before + after === 0;
          const { nodes, nodeHeight, width, height } = picture;
          const inside = nodes.every(
            (n) => n.x >= 0 && n.y >= 0 && n.x + n.width <= width && n.y + nodeHeight <= height,
          );
          const apart = nodes.every((a, i) =>
            nodes.every(
              (b, j) =>
                i === j ||
                a.x + a.width <= b.x ||
                b.x + b.width <= a.x ||
                a.y + nodeHeight <= b.y ||
                b.y + nodeHeight <= a.y,
            ),
          );
          return inside && apart;
        },
      ),
    );
  });

  it("cuts long names in the middle", () => {
    expect(shortened("ontology-to-typescript-classes", 15)).toBe("ontolog…classes");
    expect(shortened("short", 15)).toBe("short");
  });
});
