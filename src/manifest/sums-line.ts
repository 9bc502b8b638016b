/** Lines of SHA256SUMS: the one form, and the names of the others that checksum tools write or take. */

export const SUMS_LINE = /^([0-9a-f]{64}) {2}([^ ](?:[\s\S]*[^\r])?)$/;

/** Which other form a line that `SUMS_LINE` refuses has. */
export function explainLine(
  line: string,
  number: number,
): { readonly code: string; readonly message: string } {
  const code = OTHER_FORMS.find(([, pattern]) => pattern.test(line))?.[0] ?? "SUMS_LINE";
  return {
    code,
    message: `line ${number} ${MESSAGES.get(code) ?? "is not a digest, two spaces and a path"}`,
  };
}

/** The first that fits names the line: what comes earlier would hide what comes later. */
const OTHER_FORMS: readonly (readonly [string, RegExp])[] = [
  ["SUMS_BOM", /^\ufeff/],
  ["SUMS_CRLF", /\r$/],
  ["SUMS_BLANK_LINE", /^\s*$/],
  ["SUMS_COMMENT", /^\s*#/],
  ["SUMS_BSD_TAG", /^[A-Z0-9-]+ ?\(.*\) ?= ?[0-9a-fA-F]+$/],
  ["SUMS_ESCAPED", /^\\[0-9a-fA-F]{64}/],
  ["SUMS_BINARY_MARK", /^[0-9a-fA-F]{64} \*/],
  ["SUMS_UPPER_CASE_HEX", /^(?=[0-9a-f]*[A-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])/],
  ["SUMS_ONE_SPACE", /^[0-9a-f]{64} [^ \t]/],
  ["SUMS_SPACING", /^\s+[0-9a-f]{64}|^[0-9a-f]{64}\s+/],
];

const MESSAGES = new Map([
  ["SUMS_BOM", "begins with a byte order mark"],
  ["SUMS_CRLF", "ends in a carriage return"],
  ["SUMS_BLANK_LINE", "is blank"],
  ["SUMS_COMMENT", "is a comment"],
  ["SUMS_BSD_TAG", "is in the BSD form, SHA256 (path) = digest"],
  ["SUMS_ESCAPED", "has an escaped path, which begins with a backslash"],
  ["SUMS_BINARY_MARK", "has the mark * of binary mode"],
  ["SUMS_UPPER_CASE_HEX", "has a digest in upper case"],
  ["SUMS_ONE_SPACE", "has one space between digest and path, not two"],
  ["SUMS_SPACING", "has other white space than two spaces after the digest"],
]);
