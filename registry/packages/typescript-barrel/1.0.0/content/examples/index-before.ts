// The public face of this package.
export const version = "1.4.0";

// generated exports
