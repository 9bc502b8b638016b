// Written by owl-to-typescript. Do not edit: change the ontology and sync again.
export type { Ref } from "./ref.ts";
export type { Book } from "./book.ts";
export type { Item } from "./item.ts";
export type { Loan } from "./loan.ts";
export type { Person } from "./person.ts";
