/** A proof in words: the links of the chain, from the root down, and what a reader should know besides. */
import type { Problem } from "../../../src/base/problem.ts";
import type { Freshness } from "../../../src/client/trusted-view.ts";
import type { SignedRole, WhyTrusted } from "../../../src/client/why-trusted.ts";
import { counted } from "./shown.ts";

export interface Link {
  readonly title: string;
  readonly says: string;
  /** Of a role's file: its version, its signatures, how long it holds. */
  readonly signed?: string;
  /** Digests and fingerprints, one a line. */
  readonly marks: readonly string[];
  /** It holds, on the word of an online key alone. */
  readonly weak: boolean;
}

/** What does not speak against the proof, and should be read with it. */
export interface Note {
  readonly says: string;
  readonly remedy: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const ROLES: Readonly<Record<string, readonly [title: string, says: string]>> = {
  root: ["Root", "Says whose keys count for all that follows."],
  targets: ["Targets", "Says which names the holders ratified, and who may sign the index."],
  timestamp: ["Timestamp", "Says which snapshot is current."],
  snapshot: ["Snapshot", "Says which versions of the others belong together."],
  index: ["Index", "Says which index root is the view of today."],
};

export function chainLinks(why: WhyTrusted): Link[] {
  const { claim, owner, key } = why;
  return [
    ...why.roles.map(roleLink),
    link("Index root", "Leads to each record and archive, by sha256.", why.indexRoot),
    link("Record", "Says of this release what its signed files say."),
    {
      title: "Claim",
      says: `${claim.by} claimed the name by this statement, with this key: ${ratified(claim.ratified)}.`,
      marks: [claim.digest, claim.key],
      weak: !claim.ratified,
    },
    {
      title: "Owner",
      says: `${owner.name} may publish it, by every statement since. This one registered ${owner.name}: ${ratified(owner.ratified)}.`,
      marks: [owner.registration],
      weak: !owner.ratified,
    },
    link("Key", `It is ${owner.name}’s, and ${key.state}.`, key.id),
    link("Signature", "By that key, over the list of the release’s files.", why.release),
    link(
      "Files",
      `${counted(why.files, "file")}, each with the sha256 that was signed; none missing, none added.`,
    ),
  ];
}

function link(title: string, says: string, ...marks: string[]): Link {
  return { title, says, marks, weak: false };
}

function roleLink({ role, version, signedBy, threshold, keys, expires }: SignedRole): Link {
  const [title, says] = ROLES[role] ?? [role, ""];
  const by = `signed by ${signedBy.length} of ${counted(keys, "key")} (${threshold} must)`;
  return {
    title,
    says,
    signed: `version ${version}, ${by}, until ${expires.slice(0, 10)}`,
    marks: signedBy,
    weak: false,
  };
}

function ratified(is: boolean): string {
  return is ? "ratified by the holders of the root" : "not ratified yet, on the word of CI’s key alone";
}

export function proofNotes(why: WhyTrusted, freshness: Freshness, now: number): Note[] {
  return [
    ...(why.development ? [DEVELOPMENT] : []),
    ...staleNote(freshness, now),
    ...keyNote(why),
    ...why.notices.map(({ message, remedy }: Problem) => ({ says: message, remedy })),
  ];
}

const DEVELOPMENT: Note = {
  says: "Signed with a development root, which a build made on somebody’s own machine",
  remedy: "trust it on that machine alone: it vouches for nothing to anybody else",
};

function staleNote(freshness: Freshness, now: number): Note[] {
  if (freshness.state === "fresh") return [];
  const { expired } = freshness;
  const days = Math.floor((now - expired) / DAY_MS);
  const ago = days === 0 ? "today" : `${counted(days, "day")} ago`;
  const day = new Date(expired).toISOString().slice(0, 10);
  return [
    {
      says: `This view of the registry is old: its signatures ran out ${ago}, on ${day}`,
      remedy:
        "there may be newer versions, and warnings, that it does not have: ask another host, or its operator",
    },
  ];
}

function keyNote({ key, owner, standing }: WhyTrusted): Note[] {
  if (key.state === "retired")
    return [
      {
        says: `The key is retired: ${owner.name} has moved to another one, and what this one signed before stands`,
        remedy: "",
      },
    ];
  if (key.state === "revoked" && standing === "good")
    return [
      {
        says: `The key was revoked, and ${owner.name} vouched for this release by name`,
        remedy: "look whether a newer version is signed with another key",
      },
    ];
  return [];
}

/** The words above a proof: how many files of what, signed by whom. */
export function provenWords(why: WhyTrusted): string {
  const { owner, files } = why;
  return `The ${counted(files, "file")} of ${why.package} ${why.version} ${files === 1 ? "is" : "are"} what ${owner.name} signed: proven in this browser, from the root below.`;
}
