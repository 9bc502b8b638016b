/** The commands the pages tell people to run, in one place. */
export const PROGRAM = "ggen-marketplace";

/** Where the address of the registry goes: islands/here-command.ts puts the page's own there. */
export const REGISTRY_PLACEHOLDER = "REGISTRY_ADDRESS";

export function installCommand(name: string, version?: string): string {
  return onThisRegistry(`install ${name}${version === undefined ? "" : `@${version}`}`);
}

export function verifyCommand(name: string, version: string): string {
  return onThisRegistry(`verify ${name}@${version}`);
}

/** Where the sha256 of the root goes that the reader got from somewhere else: a page that put it in would have them trust the page. */
export const ROOT_PLACEHOLDER = "ROOT_SHA256";

export const pinCommand = `${PROGRAM} registry add ${REGISTRY_PLACEHOLDER} --root ${ROOT_PLACEHOLDER}`;

export function onThisRegistry(command: string): string {
  return `${PROGRAM} ${command} --registry ${REGISTRY_PLACEHOLDER}`;
}

/** How to get the program from the repository, where `repository` is its address for git. */
export function buildFromRepository(repository: string): string {
  return [
    `git clone ${repository} ${PROGRAM}`,
    `cd ${PROGRAM}`,
    "npm ci",
    "npm run build",
    "node dist/cli/main.js --help",
  ].join("\n");
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
