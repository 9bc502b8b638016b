// Written by owl-to-typescript. Do not edit: change the ontology and sync again.
import type { Ref } from "./ref.ts";
import type { Item } from "./item.ts";

/** A printed book. */
export interface Book extends Item {
  /** International Standard Book Number. */
  readonly isbn?: string;
  /** Who wrote the book. */
  readonly author: ReadonlyArray<Ref<"Person">>;
  /** The book that comes before this one. */
  readonly sequelTo?: Ref<"Book">;
}
