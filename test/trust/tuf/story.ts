/** What most stories of attacks begin with. */
import { expect } from "vitest";
import type { TestKey } from "../../support/fixture-keys.ts";
import { aTufRepository, fileOf, type RoleName, type TufRepository } from "../../support/tuf-repository.ts";
import { aClient } from "./a-client.ts";

/** A client that has seen the first view, before `attack` changes what is published. */
export async function afterHonestView(attack: (repository: TufRepository) => unknown): Promise<string> {
  const repository = aTufRepository().publish();
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  repository.publish({ ratified: "again", days: { root: 365 } });
  attack(repository);
  return client.verdict(repository);
}

/** Publishes the current file of `role` with other signatures. */
export function signAs(repository: TufRepository, role: RoleName, signatures: readonly unknown[]) {
  repository.put(role, fileOf(repository.said(role), signatures));
}

export const online = (repository: TufRepository) => repository.signers.timestamp.keys[0] as TestKey;
export const holder = (repository: TufRepository, at: number, role: RoleName = "targets") =>
  repository.signers[role].keys[at] as TestKey;
