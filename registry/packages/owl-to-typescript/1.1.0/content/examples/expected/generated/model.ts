// Written by owl-to-typescript. Do not edit: change the ontology and sync again.

/** A printed book. */
export interface Book extends Item {
  /** International Standard Book Number. */
  isbn?: string;
  /** Who wrote the book. */
  author: Person[];
  /** The book that comes before this one. */
  sequelTo?: Book;
}

/** Something that the library lends. */
export interface Item {
  id: string;
  /** What the item is called. */
  title: string;
  /** What a lost item costs. */
  price?: number;
}

/** An item in somebody's hands. */
export interface Loan {
  id: string;
  /** What was taken home. */
  borrowed: Item;
  /** Who has it. */
  borrower: Person;
  /** The last day of the loan. */
  dueOn: string;
  /** Whether the item is back. */
  returned?: boolean;
}

/** Somebody who writes or borrows. */
export interface Person {
  id: string;
  /** Where reminders go. */
  email: string[];
  /** The name on the card. */
  fullName: string;
}
