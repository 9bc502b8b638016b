/** Every field of every role, with what it must not hold. */
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../../src/base/error.ts";
import { parseMetadata, type TopRole } from "../../../src/trust/tuf/metadata.ts";
import { aTufRepository, fileOf, INDEX, idOf, type Said, signedFile } from "../../support/tuf-repository.ts";
import { holder, online } from "./story.ts";

const repository = aTufRepository({ snapshotHashes: true }).publish();
const key = idOf(online(repository));

function verdict(type: TopRole, bytes: Uint8Array): string {
  try {
    parseMetadata(bytes, type, `${type}.json`);
    return "accepted";
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

type Path = readonly (string | number)[];

/** `said` with the member at `path` changed; taken away where `value` is undefined. */
function changed(said: Said, path: Path, value: unknown): Said {
  const copy = structuredClone(said);
  let at = copy as Record<string | number, unknown>;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const VALUES = {
  null: null,
  true: true,
  text: "x",
  "empty text": "",
  number: 5,
  zero: 0,
  negative: -1,
  beyond: 2 ** 53,
  list: [],
  object: {},
  "list of null": [null],
  "object of null": { x: null },
};

/** Of those values, what each kind of field may hold. */
const KINDS = {
  text: ["text", "empty text"],
  date: [],
  version: ["number"],
  count: ["number", "zero"],
  object: ["object"],
  list: ["list"],
  /** Of which a member is a text. */
  "list of text": ["list"],
  /** Must have a member. */
  hashes: [],
  /** May have any members. */
  custom: ["object", "object of null"],
} as const;

const COMMON: [Path, keyof typeof KINDS][] = [
  [["version"], "version"],
  [["expires"], "date"],
  [["spec_version"], "date"],
  [["_type"], "date"],
];

const FIELDS: Record<TopRole, [Path, keyof typeof KINDS][]> = {
  root: [
    ...COMMON,
    [["keys"], "object"],
    [["keys", key], "date"],
    [["roles"], "date"],
    ...(["root", "timestamp", "snapshot", "targets"] as const).flatMap(
      (role): [Path, keyof typeof KINDS][] => [
        [["roles", role], "date"],
        [["roles", role, "keyids"], "list of text"],
        [["roles", role, "threshold"], "version"],
      ],
    ),
  ],
  timestamp: [
    ...COMMON,
    [["meta"], "date"],
    [["meta", "snapshot.json"], "date"],
    [["meta", "snapshot.json", "version"], "version"],
    [["meta", "snapshot.json", "length"], "count"],
    [["meta", "snapshot.json", "hashes"], "hashes"],
    [["meta", "snapshot.json", "hashes", "sha256"], "text"],
  ],
  snapshot: [
    ...COMMON,
    [["meta"], "object"],
    [["meta", "index.json"], "date"],
    [["meta", "index.json", "version"], "version"],
    [["meta", "index.json", "length"], "count"],
    [["meta", "index.json", "hashes"], "hashes"],
    [["meta", "index.json", "hashes", "sha256"], "text"],
  ],
  targets: [
    ...COMMON,
    [["targets"], "object"],
    [["targets", "trust/ratified.json"], "date"],
    [["targets", "trust/ratified.json", "length"], "count"],
    [["targets", "trust/ratified.json", "hashes"], "hashes"],
    [["targets", "trust/ratified.json", "hashes", "sha256"], "text"],
    [["targets", "trust/ratified.json", "custom"], "custom"],
    [["delegations"], "date"],
    [["delegations", "keys"], "object"],
    [["delegations", "keys", key], "date"],
    [["delegations", "roles"], "list"],
    [["delegations", "roles", 0], "date"],
    [["delegations", "roles", 0, "name"], "text"],
    [["delegations", "roles", 0, "keyids"], "list of text"],
    [["delegations", "roles", 0, "threshold"], "version"],
    [["delegations", "roles", 0, "paths"], "list of text"],
  ],
};
/** What may be absent: what 4.4 and 4.5 say, and members of maps and lists. */
const OPTIONAL = new Set([
  `root keys.${key}`,
  "timestamp meta.snapshot.json.length",
  "timestamp meta.snapshot.json.hashes",
  "snapshot meta.index.json",
  "snapshot meta.index.json.length",
  "snapshot meta.index.json.hashes",
  "targets targets.trust/ratified.json",
  "targets targets.trust/ratified.json.custom",
  "targets delegations",
  `targets delegations.keys.${key}`,
  "targets delegations.roles",
  "targets delegations.roles.0",
  "targets delegations.roles.0.paths",
]);
const NAME = "delegations.roles.0.name";

const TABLE = (Object.keys(FIELDS) as TopRole[]).flatMap((type) =>
  FIELDS[type].map(([path, kind]) => ({ type, field: path.join("."), path, kind })),
);

describe.each(TABLE)("$type: $field", ({ type, field, path, kind }) => {
  const allowed: readonly string[] = KINDS[kind];
  const wrong = Object.entries(VALUES).filter(([name]) => !allowed.includes(name));

  it("refuses whatever is of another kind", () => {
    for (const [name, value] of wrong) {
      const bytes = signedFile(changed(repository.said(type), path, value), []);
      expect(`${name}: ${verdict(type, bytes)}`).toBe(`${name}: METADATA_INVALID`);
    }
  });

  it("takes what is of its kind", () => {
    for (const name of allowed) {
      // 4.5 has no word on a role without a name; here it is refused.
      if (field === NAME && name === "empty text") continue;
      const value = VALUES[name as keyof typeof VALUES];
      const bytes = signedFile(changed(repository.said(type), path, value), []);
      expect(`${name}: ${verdict(type, bytes)}`).toBe(`${name}: accepted`);
    }
  });

  it("may be left out only where the specification says so", () => {
    const bytes = signedFile(changed(repository.said(type), path, undefined), []);
    const expected = OPTIONAL.has(`${type} ${field}`) ? "accepted" : "METADATA_INVALID";
    expect(verdict(type, bytes)).toBe(expected);
  });
});

describe("signatures", () => {
  const said = repository.said("timestamp");
  it.each(Object.entries(VALUES).filter(([name]) => name !== "list"))(
    "that are %s are refused",
    (_, value) => {
      expect(verdict("timestamp", fileOf(said, value as unknown as unknown[]))).toBe("METADATA_INVALID");
    },
  );

  it.each([
    null,
    "x",
    5,
    [],
    {},
    { keyid: "a" },
    { sig: "00" },
    { keyid: 1, sig: "00" },
    { keyid: "a", sig: 0 },
  ])("of which one is %j are refused", (one) => {
    expect(verdict("timestamp", fileOf(said, [one]))).toBe("METADATA_INVALID");
  });

  it("may be 64, and not 65", () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ keyid: `${at}`, sig: "" }));
    expect(verdict("timestamp", fileOf(said, many(64)))).toBe("accepted");
    expect(verdict("timestamp", fileOf(said, many(65)))).toBe("METADATA_INVALID");
  });
});

describe("limits", () => {
  const members = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}`, value]));
  const texts = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
  const target = { length: 0, hashes: { a: "" } };
  const role = (at: number) => ({ name: `r${at}`, keyids: [], threshold: 1 });
  const delegating = (roles: unknown[]) => ({ delegations: { keys: {}, roles } });

  it.each<[string, TopRole, number, (count: number) => Said]>([
    ["files of a snapshot", "snapshot", 4096, (count) => ({ meta: members(count, { version: 1 }) })],
    ["targets of a role", "targets", 4096, (count) => ({ targets: members(count, target) })],
    [
      "hashes of a target",
      "targets",
      8,
      (count) => ({ targets: { a: { length: 0, hashes: members(count, "") } } }),
    ],
    [
      "delegated roles",
      "targets",
      256,
      (count) => delegating(Array.from({ length: count }, (_, at) => role(at))),
    ],
    [
      "paths of a delegated role",
      "targets",
      4096,
      (count) => delegating([{ ...role(0), paths: texts(count) }]),
    ],
    ["key ids of a role", "targets", 256, (count) => delegating([{ ...role(0), keyids: texts(count) }])],
  ])("%s", (_, type, max, change) => {
    const file = (count: number) => signedFile({ ...repository.said(type), ...change(count) }, []);
    expect(verdict(type, file(max))).toBe("accepted");
    expect(verdict(type, file(max + 1))).toBe("METADATA_INVALID");
  });
});

describe("dates", () => {
  const withDate = (expires: string) => signedFile({ ...repository.said("timestamp"), expires }, []);

  it.each(["2030-01-31T00:00:00Z", "2032-02-29T23:59:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])(
    "%s is one",
    (date) => expect(verdict("timestamp", withDate(date))).toBe("accepted"),
  );

  it.each([
    "2030-01-31T00:00:00+00:00",
    "2030-01-31T00:00:00-00:00",
    "2030-01-31T00:00:00.000Z",
    "2030-01-31T00:00:00.5Z",
    "2030-01-31T00:00:00z",
    "2030-01-31t00:00:00Z",
    "2030-01-31 00:00:00Z",
    "2030-01-31T00:00:00",
    "2030-01-31T00:00Z",
    "2030-01-31",
    "20300131T000000Z",
    "2030-02-30T00:00:00Z",
    "2031-02-29T00:00:00Z",
    "2030-13-01T00:00:00Z",
    "2030-00-01T00:00:00Z",
    "2030-01-00T00:00:00Z",
    "2030-01-31T24:00:00Z",
    "2030-01-31T23:60:00Z",
    "2030-06-30T23:59:60Z",
    "10000-01-01T00:00:00Z",
    "+010000-01-01T00:00:00Z",
    "-000001-01-01T00:00:00Z",
    " 2030-01-31T00:00:00Z",
    "2030-01-31T00:00:00Z ",
    "2030-01-31T00:00:00Z\u2028",
    "２０３０-01-31T00:00:00Z",
    "Thu, 31 Jan 2030 00:00:00 GMT",
    "1895961600",
    "never",
    "",
  ])("%j is none", (date) => expect(verdict("timestamp", withDate(date))).toBe("METADATA_INVALID"));
});

describe("spec_version", () => {
  it.each(["1.0", "1.0.0", "1.0.34", "1.99.1"])("%s is known", (version) => {
    expect(
      verdict("timestamp", signedFile({ ...repository.said("timestamp"), spec_version: version }, [])),
    ).toBe("accepted");
  });

  it.each(["2.0.0", "1", "1.", "1.x", "0.9", "01.0", "1.0.0.0", "1.0.0-rc", " 1.0", "10.0"])(
    "%s is not",
    (version) => {
      const bytes = signedFile({ ...repository.said("timestamp"), spec_version: version }, []);
      expect(verdict("timestamp", bytes)).toBe("METADATA_INVALID");
    },
  );
});

describe("delegated roles", () => {
  const naming = (...names: string[]) =>
    signedFile(
      {
        ...repository.said("targets"),
        delegations: { keys: {}, roles: names.map((name) => ({ name, keyids: [], threshold: 1 })) },
      },
      [],
    );

  it.each(["root", "timestamp", "snapshot", "targets", ""])("may not be called %j", (name) => {
    expect(verdict("targets", naming(name))).toBe("METADATA_INVALID");
  });

  it("may not share a name", () => {
    expect(verdict("targets", naming("a", "a"))).toBe("METADATA_INVALID");
    expect(verdict("targets", naming("a", "b"))).toBe("accepted");
  });

  // Bug: whatever is not `true` counts as false, so that later roles are asked where none should be.
  it.each(["true", 1, null, {}, []])("terminating must be true or false: %j", (terminating) => {
    const path = ["delegations", "roles", 0, "terminating"];
    const bytes = signedFile(changed(repository.said("targets"), path, terminating), []);
    expect(verdict("targets", bytes)).toBe("METADATA_INVALID");
  });

  it("a file of the index role is of the type targets", () => {
    expect(verdict("targets", repository.file("index"))).toBe("accepted");
    expect(Object.keys(repository.said("index").targets as Said)).toEqual([INDEX]);
    expect(holder(repository, 0).publisher).toBe("registry targets 0");
  });
});
