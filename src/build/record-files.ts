/** The sections of records: to resolve with, to show and verify with, and one for each publisher. */
import { utf8 } from "../base/bytes.ts";
import type { Hash } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type * as layout from "../snapshot/layout.ts";
import {
  joinedLength,
  joinRecord,
  type PublisherRecord,
  packageRecordHead,
  statementRecord,
} from "../snapshot/records.ts";
import { type Packer, type SectionLimits, type SectionRecord, writeSection } from "../snapshot/section.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import type { AssemblyRoom, ToPublish } from "./assemble.ts";
import type { BlobRef, Blobs } from "./blobs.ts";
import type { PackageFacts } from "./package-facts.ts";
import { Slots } from "./slots.ts";

/** Parts that are unpacked in memory at once. */
const PARTS_AT_ONCE_MAX = 16;

/** Small records: who keeps them all fetches only what changed, and of a large part all would have. */
export const READ_MANY: SectionLimits = { partBytesMax: 2048, singlePartBytesMax: 98_304 };
/** Records that are read one by one, and large: what lies beside it in its part is hashed and unpacked in vain. */
export const READ_ONE: SectionLimits = { partBytesMax: 8192, singlePartBytesMax: 8192 };

export interface RecordSections {
  readonly resolve: layout.Ref;
  readonly packages: layout.Ref;
  readonly publishers: layout.Ref;
}

export async function addRecords(input: ToPublish, room: AssemblyRoom): Promise<RecordSections> {
  const { hash } = room.ports;
  const ports = { hash, pack: packer(room), openHash: room.ports.openHash };
  const resolve = input.packages.map((facts) => wholeRecord(facts.view.name, facts.resolve, hash));
  const packages = input.packages.map((facts) => packageRecord(facts, room.blobs, hash));
  const publishers = publisherRecords(input).map((record) => wholeRecord(record.name, record, hash));
  return {
    resolve: await writeSection(resolve, READ_MANY, room.files, ports),
    packages: await writeSection(packages, READ_ONE, room.files, ports),
    publishers: await writeSection(publishers, READ_MANY, room.files, ports),
  };
}

function wholeRecord(name: string, record: unknown, hash: Hash): SectionRecord {
  const bytes = canonicalJson(record as Json);
  return { name, key: hash(bytes), length: bytes.length, bytes: () => bytes };
}

/** The record's body stays where it is until a part with it must be packed. */
function packageRecord({ view, latest, recordBody }: PackageFacts, blobs: Blobs, hash: Hash): SectionRecord {
  const head = packageRecordHead({ package: view, latest: latest.version });
  return {
    name: view.name,
    key: `${hash(head)} ${recordBody.sha256}`,
    length: joinedLength(head.length, recordBody.length),
    bytes: () => joinRecord(head, blobs.get(recordBody)),
  };
}

/** A part that was packed once, by any build, is not packed again. */
function packer({ blobs, workshop, ports }: AssemblyRoom): Packer {
  const slots = new Slots(PARTS_AT_ONCE_MAX);
  return async (key, raw) => {
    const kept = `part ${ports.hash(utf8(`${ports.program} ${key}`))}`;
    const known = ports.cache.get(kept);
    if (known !== undefined) {
      const ref = JSON.parse(new TextDecoder().decode(known)) as BlobRef;
      if (blobs.has(ref)) return fileOf(ref, blobs);
    }
    return slots.use(async () => {
      const ref = blobs.put(await workshop.deflate(raw()));
      ports.cache.put(kept, utf8(JSON.stringify(ref)));
      return fileOf(ref, blobs);
    });
  };
}

function fileOf(ref: BlobRef, blobs: Blobs): SnapshotFile {
  return { ...ref, bytes: () => blobs.get(ref) };
}

function publisherRecords({ publishers, packages }: ToPublish): PublisherRecord[] {
  const owned = packagesByOwner(packages);
  return [...publishers.values()].map(({ state, chain }) => ({
    name: state.name,
    ...(state.title === undefined ? {} : { title: state.title }),
    ...(state.homepage === undefined ? {} : { homepage: state.homepage }),
    keys: [...state.keys.values()].map((standing) => ({
      id: standing.key.id,
      openssh: standing.key.openssh,
      state: standing.state,
      ...(standing.reason === undefined ? {} : { reason: standing.reason }),
    })),
    packages: owned.get(state.name) ?? [],
    statements: chain.map(statementRecord),
  }));
}

function packagesByOwner(packages: readonly PackageFacts[]): Map<PublisherName, PackageName[]> {
  const owned = new Map<PublisherName, PackageName[]>();
  for (const { view } of packages) {
    for (const owner of view.owners) {
      const names = owned.get(owner) ?? [];
      names.push(view.name);
      owned.set(owner, names);
    }
  }
  return owned;
}
