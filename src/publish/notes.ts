/** What an import has to say of one package while it reads the manifest: each note becomes a line of the report. */
import { failed, type Problem, type Result } from "../base/problem.ts";

export class Notes {
  readonly problems: Problem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Something that is not carried over as it stands. */
  warn(code: string, place: string, message: string, remedy: string): void {
    this.problems.push({ code, severity: "warning", file: this.#file, place, message, remedy });
  }

  /** What keeps the package out, after everything noted so far. */
  refuse(code: string, message: string, remedy: string): Result<never> {
    return failed([...this.problems, { code, severity: "error", file: this.#file, message, remedy }]);
  }
}
