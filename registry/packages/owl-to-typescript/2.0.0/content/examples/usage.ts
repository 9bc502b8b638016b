// How a program uses the generated model; compiled against it by the package's own check.
import type { Book, Loan, Ref } from "./generated/model/index.ts";

const earthsea: Book = { id: "b1", title: "A Wizard of Earthsea", price: "9.99", author: ["p1"] };
const loan: Loan = { id: "l1", borrowed: "b1", borrower: "p2", dueOn: "2026-12-24" };

// A reference to a person is not one to an item.
const reader: Ref<"Person"> = loan.borrower;
// @ts-expect-error
const wrong: Ref<"Item"> = reader;

console.log(`${earthsea.title} is with ${reader} until ${loan.dueOn}`, wrong.length);
