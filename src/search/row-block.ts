/** A block: the rows of consecutive documents, as results show them. `format.ts` draws it. */
import { NAME_LENGTH_MAX, ROW_TEXT_MAX, type SearchRow } from "./document.ts";
import { BLOCK_HEADER_BYTES, BLOCK_MAGIC, checkMagic, invalidIndex } from "./format.ts";
import { ByteReader, ByteWriter, u32At } from "./varint.ts";

const DEPRECATED = 1;
const HAS_CATEGORY = 2;
/** Length, flags, a name of one letter and five empty texts. */
export const ROW_BYTES_MIN = 9;

export function writeRowBlock(firstId: number, rows: readonly SearchRow[]): Uint8Array {
  const out = new ByteWriter();
  const scratch = new ByteWriter();
  for (const field of [BLOCK_MAGIC, firstId, rows.length]) out.u32(field);
  for (const row of rows) {
    scratch.clear();
    writeRow(row, scratch);
    out.varint(scratch.length);
    out.append(scratch.written());
  }
  return out.bytes();
}

function writeRow(row: SearchRow, out: ByteWriter): void {
  out.u8((row.deprecated ? DEPRECATED : 0) | (row.category === undefined ? 0 : HAS_CATEGORY));
  for (const text of [row.name, row.version, row.summary, row.publisher, row.kind, row.license])
    out.text(text);
  if (row.category !== undefined) out.text(row.category);
}

/** The rows of `ids`, which all stand in the block `bytes`. */
export function readRows(bytes: Uint8Array, ids: ReadonlySet<number>): Map<number, SearchRow> {
  checkMagic(u32At(bytes, 0), BLOCK_MAGIC, "a block");
  const firstId = u32At(bytes, 4);
  const count = u32At(bytes, 8);
  const reader = new ByteReader(bytes, BLOCK_HEADER_BYTES, bytes.length);
  if (count * ROW_BYTES_MIN > reader.end - reader.at) throw invalidIndex("a block has more rows than bytes");
  const rows = new Map<number, SearchRow>();
  for (let id = firstId; id < firstId + count && rows.size < ids.size; id++) {
    const length = reader.varint();
    const from = reader.skip(length);
    if (ids.has(id)) rows.set(id, readRow(new ByteReader(bytes, from, from + length)));
  }
  if (rows.size < ids.size) throw invalidIndex("a block lacks a row it should have");
  return rows;
}

function readRow(reader: ByteReader): SearchRow {
  const flags = reader.u8();
  if (flags > (DEPRECATED | HAS_CATEGORY)) throw invalidIndex("a row has flags that no writer sets");
  const name = reader.text(NAME_LENGTH_MAX);
  if (name === "") throw invalidIndex("a row has no name");
  const row = {
    name,
    version: reader.text(ROW_TEXT_MAX),
    summary: reader.text(ROW_TEXT_MAX),
    publisher: reader.text(ROW_TEXT_MAX),
    kind: reader.text(ROW_TEXT_MAX),
    license: reader.text(ROW_TEXT_MAX),
    deprecated: (flags & DEPRECATED) !== 0,
  };
  const whole = (flags & HAS_CATEGORY) === 0 ? row : { ...row, category: reader.text(ROW_TEXT_MAX) };
  if (reader.at !== reader.end) throw invalidIndex("a row has another length than it says");
  return whole;
}
