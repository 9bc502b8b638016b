/** The commands the pages tell people to run, in one place. */
export const PROGRAM = "ggen-marketplace";

export function installCommand(name: string, version?: string): string {
  return `${PROGRAM} install ${name}${version === undefined ? "" : `@${version}`}`;
}

export function verifyCommand(name: string, version: string): string {
  return `${PROGRAM} verify ${name}@${version}`;
}

/** What proves a release with tools everyone has; run in the folder the archive was unpacked to. */
export function verifyByHand(release: { archive: string; publisher: string }): string {
  return [
    `mkdir release && tar -xzf ${release.archive}.tgz -C release && cd release`,
    "sha256sum --strict -c SHA256SUMS",
    "find . -type f ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | wc -l   # as many files as SHA256SUMS has lines:",
    "wc -l < SHA256SUMS",
    `ssh-keygen -Y verify -f ../allowed_signers -I ${release.publisher} \\`,
    "  -n ggen-marketplace-release -s SHA256SUMS.sig < SHA256SUMS",
  ].join("\n");
}
