// Written by owl-to-typescript. Do not edit: change the ontology and sync again.

/** Something that the library lends. */
export interface Item {
  readonly id: string;
  /** What the item is called. */
  readonly title: string;
  /** What a lost item costs. */
  readonly price?: string;
}
