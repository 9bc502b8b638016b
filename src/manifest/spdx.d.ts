declare module "spdx-expression-parse" {
  /** Throws where `source` is not a licence expression of SPDX 2.x. */
  export default function parse(source: string): object;
}
