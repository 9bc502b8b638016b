// Written by owl-to-typescript. Do not edit: change the ontology and sync again.

/** Somebody who writes or borrows. */
export interface Person {
  readonly id: string;
  /** Where reminders go. */
  readonly email: ReadonlyArray<string>;
  /** The name on the card. */
  readonly fullName: string;
}
