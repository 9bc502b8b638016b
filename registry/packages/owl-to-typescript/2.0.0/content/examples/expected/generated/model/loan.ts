// Written by owl-to-typescript. Do not edit: change the ontology and sync again.
import type { Ref } from "./ref.ts";

/** An item in somebody's hands. */
export interface Loan {
  readonly id: string;
  /** What was taken home. */
  readonly borrowed: Ref<"Item">;
  /** Who has it. */
  readonly borrower: Ref<"Person">;
  /** The last day of the loan. */
  readonly dueOn: string;
  /** Whether the item is back. */
  readonly returned?: boolean;
}
