/** The TypeScript compiler over files in memory. */
import ts from "typescript";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: [],
  lib: ["lib.es2022.d.ts"],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

const ROOT = "/project/";
/** What the examples use of their host. */
const CONSOLE = "declare const console: { log(...values: unknown[]): void };\n";

/** The standard library's declarations, parsed once. */
const library = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says against `files` (path → text), one line each; their imports are relative. */
export function typeScriptFaults(files: ReadonlyMap<string, string>): string[] {
  const project = new Map(
    [...files, ["console.d.ts", CONSOLE]].map(([path, text]) => [ROOT + path, text ?? ""]),
  );
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    getCurrentDirectory: () => ROOT,
    fileExists: (path) => project.has(path),
    directoryExists: (path) =>
      [...project.keys()].some((file) => file.startsWith(`${path.replace(/\/$/, "")}/`)),
    readFile: (path) => project.get(path),
    getSourceFile(path, languageVersion) {
      const text = project.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, languageVersion);
      if (!library.has(path)) library.set(path, disk.getSourceFile(path, languageVersion));
      return library.get(path);
    },
  };
  const program = ts.createProgram([...project.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
