import { hash } from 'node:crypto';
import type { ManifestMember } from '../manifest.js';

/** What a member is to those of its name that come before it in canonical order. */
export const SEEN = {
  /** Its name is new. */
  first: 0,
  /** These bytes were there under this name. */
  duplicate: 1,
  /** The name was there, with other bytes. */
  reused: 2,
  /** Some member of that name has other bytes, and all of them are set aside. */
  setAside: 3,
} as const;
export type Seen = (typeof SEEN)[keyof typeof SEEN];

/** 96 bits of the SHA-256 of the name, then 62 bits of content, and what became of it: `Seen`. */
const WORDS = 5;
const LAST = WORDS - 1;

const SHARDS = 256;

/** Open addressing: index + 1 of the first entry of each name and content, by name. */
class Shard {
  slots = new Int32Array(16);
  distinct = 0;
}

/** Bytes of a member in an index. */
export const MEMBER_BYTES = WORDS * Uint32Array.BYTES_PER_ELEMENT;

/**
 * Names and contents of a day's members, to be shown in canonical order: who bears a name first, and who bears it
 * again. It weighs some 30 bytes a member, and is stored with its plan, so that the next version needs to read no
 * manifest to know the names of a million members.
 */
export class MemberIndex {
  #entries = new Uint32Array(1024 * WORDS);
  #count = 0;
  /** Many small tables: growing one takes no time that anybody notices. */
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard());

  readonly #reused = new Set<string>();

  /** @param setAside where every bearer of a reused name is set aside: the names known to be reused */
  constructor(private readonly setAside?: ReadonlySet<string> | undefined) {}

  get count(): number {
    return this.#count;
  }

  /** What became of the member at an index. */
  seenAt(index: number): Seen {
    return (this.#entries[index * WORDS + LAST]! & 3) as Seen;
  }

  see(member: Pick<ManifestMember, 'name' | 'bytes' | 'crc32' | 'rows'>): Seen {
    const at = this.#append();
    const entries = this.#entries;
    const digest = hash('sha256', member.name, 'binary');
    for (let word = 0; word < 3; word++) entries[at + word] = wordOf(digest, word * 4);
    entries[at + 3] = member.crc32;
    entries[at + LAST] = mixed(member.bytes, member.rows);
    return this.#enter(at);
  }

  /** Takes a member from another index: as `see`, without its name. */
  seeAgain(other: MemberIndex, index: number): Seen {
    const at = this.#append();
    const from = index * WORDS;
    for (let word = 0; word < WORDS; word++) this.#entries[at + word] = other.#entries[from + word]!;
    this.#entries[at + LAST]! &= ~3;
    return this.#enter(at);
  }

  /**
   * The first bearer of a reused name is set aside, too, and must be known as one beforehand: the names to begin again
   * with, once all members were shown; `undefined` when those it began with were right.
   */
  get corrected(): ReadonlySet<string> | undefined {
    const assumed = this.setAside;
    if (assumed === undefined) return undefined;
    const right = assumed.size === this.#reused.size && [...assumed].every((name) => this.#reused.has(name));
    return right ? undefined : this.#reused;
  }

  /** Names whose bearers an index that was stored has set aside. */
  namesSetAside(): Set<string> {
    const names = new Set<string>();
    for (let index = 0; index < this.#count; index++) {
      if (this.seenAt(index) === SEEN.setAside) names.add(this.#keyAt(index));
    }
    return names;
  }

  /** Its bytes, to be stored. Little-endian, `MEMBER_BYTES` a member. */
  bytes(): Buffer {
    const bytes = Buffer.from(this.#entries.buffer, 0, this.#count * MEMBER_BYTES);
    return LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap32();
  }

  /** An index that was stored; for `seeAgain` and `seenAt` only. */
  static from(bytes: Buffer): MemberIndex {
    const index = new MemberIndex();
    index.#count = Math.floor(bytes.byteLength / MEMBER_BYTES);
    index.#entries = new Uint32Array(index.#count * WORDS);
    const copy = Buffer.from(index.#entries.buffer);
    bytes.copy(copy);
    if (!LITTLE_ENDIAN) copy.swap32();
    return index;
  }

  #append(): number {
    const at = this.#count++ * WORDS;
    if (at === this.#entries.length) {
      const larger = new Uint32Array(this.#entries.length * 2);
      larger.set(this.#entries);
      this.#entries = larger;
    }
    return at;
  }

  #enter(at: number): Seen {
    const entries = this.#entries;
    const shard = this.#shards[entries[at]! % SHARDS]!;
    if (shard.distinct * 2 >= shard.slots.length) this.#grow(shard);
    const { slots } = shard;
    let seen: Seen = SEEN.first;
    let slot = entries[at + 1]! & (slots.length - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const other = (slots[slot]! - 1) * WORDS;
      if (!this.#sameName(at, other)) continue;
      if (
        entries[at + 3] === entries[other + 3] &&
        entries[at + LAST] === (entries[other + LAST]! & ~3) >>> 0
      ) {
        seen = SEEN.duplicate;
        break;
      }
      seen = SEEN.reused;
    }
    if (seen !== SEEN.duplicate) {
      slots[slot] = at / WORDS + 1;
      shard.distinct++;
      if (this.setAside !== undefined) {
        const name = this.#keyAt(at / WORDS);
        if (seen === SEEN.reused) this.#reused.add(name);
        if (this.setAside.has(name)) seen = SEEN.setAside;
      }
    }
    entries[at + LAST]! |= seen;
    return seen;
  }

  #sameName(a: number, b: number): boolean {
    const entries = this.#entries;
    return (
      entries[a] === entries[b] && entries[a + 1] === entries[b + 1] && entries[a + 2] === entries[b + 2]
    );
  }

  #grow(shard: Shard): void {
    const slots = new Int32Array(shard.slots.length * 2);
    for (const taken of shard.slots) {
      if (taken === 0) continue;
      let slot = this.#entries[(taken - 1) * WORDS + 1]! & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = taken;
    }
    shard.slots = slots;
  }

  #keyAt(index: number): string {
    const at = index * WORDS;
    return this.#entries.subarray(at, at + 3).join();
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function wordOf(digest: string, at: number): number {
  return (
    (digest.charCodeAt(at) |
      (digest.charCodeAt(at + 1) << 8) |
      (digest.charCodeAt(at + 2) << 16) |
      (digest.charCodeAt(at + 3) << 24)) >>>
    0
  );
}

/** 30 bits of length and rows, the two lowest free. Beside the CRC32 they tell contents apart as `contentOf` does. */
function mixed(bytes: number, rows: number): number {
  let mix = Math.imul(bytes | 0, 0x9e3779b1) ^ Math.imul(Math.floor(bytes / 2 ** 32) | 0, 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 15), 0xc2b2ae35) ^ Math.imul(rows | 0, 0x27d4eb2f);
  return ((mix ^ (mix >>> 13)) & ~3) >>> 0;
}
