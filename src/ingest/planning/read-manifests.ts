import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { parseJson } from '../documents/json-object.js';
import { into, parseJsonInTurns } from '../documents/read-json-in-turns.js';
import type { PartnerDayLayout } from '../layout.js';
import { type Manifest, type ManifestMember, manifestMemberSchema, manifestSchema } from '../manifest.js';
import { ReadAhead } from '../merging/read-ahead.js';
import type { Turns } from '../turns.js';

/** Below this a manifest is understood in one go. */
const SMALL_BYTES = 256 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** An archive, and the rules it may have been read by: the first ones with a manifest count. */
export interface WantedManifest {
  readonly id: string;
  readonly rules: readonly string[];
}

interface Fetched {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Reads manifests one by one, those asked for at the start ahead of their turn. Keeps none. */
export class ManifestReader {
  readonly #ahead: ReadAhead<WantedManifest, Fetched | undefined>;
  /** How many were there. */
  read = 0;

  /** @param wanted in the order in which `next` is called */
  constructor(
    private readonly store: ObjectStore,
    private readonly layout: PartnerDayLayout,
    wanted: Iterable<WantedManifest>,
    private readonly turns: Turns,
    private readonly call: CallOptions,
  ) {
    this.#ahead = new ReadAhead(wanted, (one) => this.#fetch(one));
  }

  /** The manifest of the next archive; `undefined`: it has none. */
  async next(): Promise<Manifest | undefined> {
    return this.#understood(await this.#ahead.next());
  }

  /** One that was not asked for at the start. */
  async one(wanted: WantedManifest): Promise<Manifest | undefined> {
    return this.#understood(await this.#fetch(wanted));
  }

  async #fetch({ id, rules }: WantedManifest): Promise<Fetched | undefined> {
    for (const rulesId of rules) {
      const key = this.layout.manifest(id, rulesId);
      try {
        return { key, bytes: await this.store.getBytes(key, this.call) };
      } catch (error) {
        if (!(error instanceof ObjectNotFoundError)) throw error;
      }
    }
    return undefined;
  }

  async #understood(fetched: Fetched | undefined): Promise<Manifest | undefined> {
    if (fetched === undefined) return undefined;
    this.read++;
    const { key, bytes } = fetched;
    if (bytes.byteLength < SMALL_BYTES) return parseJson(key, bytes, manifestSchema);
    const members: ManifestMember[] = [];
    const lists = { members: into(key, manifestMemberSchema, (member) => members.push(member)) };
    const manifest = await parseJsonInTurns(key, chunksOf(bytes), manifestSchema, lists, this.turns);
    return { ...manifest, members };
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
