// Written by owl-to-typescript. Do not edit: change the ontology and sync again.

export interface Book {
  id: string;
  isbn?: string;
  author: Person[];
  sequelTo?: Book;
}

export interface Item {
  id: string;
  title: string;
  price?: number;
}

export interface Loan {
  id: string;
  borrowed: Item;
  borrower: Person;
  dueOn: string;
  returned?: boolean;
}

export interface Person {
  id: string;
  email: string[];
  fullName: string;
}
