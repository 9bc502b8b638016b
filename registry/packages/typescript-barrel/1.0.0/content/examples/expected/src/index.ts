// The public face of this package.
export const version = "1.4.0";

// generated exports
export type * from "../generated/model/index.ts";
