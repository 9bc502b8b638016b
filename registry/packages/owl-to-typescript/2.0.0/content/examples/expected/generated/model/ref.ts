// Written by owl-to-typescript. Do not edit: change the ontology and sync again.

/** The id of a thing of the class `Name`. Two classes' ids cannot be mixed up. */
export type Ref<Name extends string> = string & { readonly __refersTo?: Name };
