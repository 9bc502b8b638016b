/** Where a script stands that is bundled apart and loaded when it is asked for: scripts/page-verify.ts. */
declare module "*?address" {
  const address: string;
  export default address;
}
