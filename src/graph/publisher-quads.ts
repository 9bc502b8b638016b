/**
 * What the graph says of a publisher: the name and the keys, with how each key stands.
 *
 *     <publisher> a foaf:Agent ; foaf:name ; foaf:homepage ;
 *       sec:verificationMethod ─► sec:Multikey { publicKeyMultibase, keyId, keyState, statusReason }
 */
import type { NamedNode } from "n3";
import { concat } from "../base/bytes.ts";
import type { KeyStanding, PublisherState } from "../trust/publisher-chain.ts";
import { keyIri, publisherIri } from "./iri.ts";
import { type GraphPart, QuadList } from "./quad-list.ts";
import type { GraphConfig } from "./release-quads.ts";
import { DCTERMS, FOAF, OURS, SEC } from "./vocabulary.ts";

/** Pure; never throws for what a stranger wrote. */
export function publisherQuads(state: PublisherState, config: GraphConfig): GraphPart {
  const subject = publisherIri(config.iri, state.name);
  const list = new QuadList({ file: `publishers/${state.name}` });
  list.type(subject, FOAF.Agent);
  list.text(subject, DCTERMS.identifier, state.name);
  list.text(subject, FOAF.name, state.title ?? state.name);
  list.text(subject, OURS.statementsHead, state.head);
  list.address(subject, FOAF.homepage, state.homepage, "homepage");
  for (const standing of state.keys.values()) {
    const node = keyIri(config.iri, state.name, standing.key.id);
    list.link(subject, SEC.verificationMethod, node);
    key(list, node, subject, standing);
  }
  return list.part();
}

function key(list: QuadList, node: NamedNode, publisher: NamedNode, standing: KeyStanding): void {
  list.type(node, SEC.Multikey);
  list.link(node, SEC.controller, publisher);
  list.text(node, SEC.publicKeyMultibase, ed25519Multibase(standing.key.bytes));
  list.text(node, OURS.keyId, standing.key.id);
  list.text(node, OURS.keyState, standing.state);
  list.text(node, OURS.statusReason, standing.reason);
}

/** Multicodec `ed25519-pub` (0xed, as a varint). */
const ED25519_PUB = Uint8Array.of(0xed, 0x01);

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** A 32-byte Ed25519 key as W3C Controlled Identifiers 1.0 2.2.2 writes a Multikey: `z` + base58btc(0xed 0x01 key). */
export function ed25519Multibase(publicKey: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of concat(ED25519_PUB, publicKey)) {
    let carry = byte;
    for (let at = 0; at < digits.length; at++) {
      carry += (digits[at] as number) * 256;
      digits[at] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  // The first byte is 0xed, so that there are no leading zeros to keep.
  return `z${digits
    .reverse()
    .map((digit) => BASE58[digit])
    .join("")}`;
}
