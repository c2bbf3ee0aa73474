const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const STRUCTURE = new Uint8Array(256);
for (const byte of [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT])
  STRUCTURE[byte] = 1;

/** Items are handed over when their text reaches this. */
const BATCH_BYTES = 64 * 1024;

/** Some items of a list, as JSON text with commas between. */
export interface Batch {
  list: string;
  text: Buffer;
}

/**
 * Takes an object's JSON apart while it arrives: the items of its long lists some at a time, and at the end what is
 * left of it, with those lists empty. It looks for structure only; whether the text is JSON is for `JSON.parse` to say.
 */
export class JsonSplitter {
  readonly #rest: Buffer[] = [];
  /** Not handed over yet; `#at` bytes of it are looked at. */
  #text: Buffer = Buffer.alloc(0);
  #at = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #stringStart = 0;
  /** The newest string and, once there was a colon, key of the object itself. */
  #string: string | undefined;
  #key: string | undefined;
  /** The list whose items are passing by. */
  #list: string | undefined;

  /** @param lists names of the object's fields that may be long lists */
  constructor(private readonly lists: ReadonlySet<string>) {}

  *push(chunk: Uint8Array): Generator<Batch> {
    this.#text = this.#text.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([this.#text, chunk]);
    while (this.#at < this.#text.byteLength) {
      const byte = this.#next();
      if (byte === QUOTE) this.#stringEnds();
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#depth++;
        if (byte === OPEN_LIST && this.#depth === 2 && this.#key !== undefined && this.lists.has(this.#key)) {
          this.#list = this.#key;
          this.#rest.push(this.#taken(this.#at));
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#list !== undefined && this.#depth === 1) {
          yield { list: this.#list, text: this.#taken(this.#at - 1) };
          this.#list = undefined;
        }
      } else if (byte === COMMA) {
        if (this.#list !== undefined && this.#depth === 2 && this.#at > BATCH_BYTES) {
          yield { list: this.#list, text: this.#taken(this.#at - 1) };
          this.#taken(1);
        }
      } else if (byte === COLON && this.#depth === 1) {
        this.#key = this.#string;
      }
    }
  }

  /** What is left of the object. */
  end(): string {
    return Buffer.concat([...this.#rest, this.#text]).toString();
  }

  /** Goes on to the next byte of structure, or to the end of the string begun or to be begun; 0 at the end. */
  #next(): number {
    const text = this.#text;
    const length = text.byteLength;
    let at = this.#at;
    let byte = 0;
    if (!this.#inString) {
      do byte = text[at++]!;
      while (STRUCTURE[byte] === 0 && at < length);
      if (byte === QUOTE) {
        this.#inString = true;
        this.#stringStart = at;
      }
    }
    if (this.#inString) {
      byte = 0;
      while (at < length) {
        const inner = text[at++]!;
        if (this.#escaped) this.#escaped = false;
        else if (inner === BACKSLASH) this.#escaped = true;
        else if (inner === QUOTE) {
          byte = QUOTE;
          break;
        }
      }
    }
    this.#at = at;
    return byte;
  }

  #stringEnds(): void {
    this.#inString = false;
    // Only there can it be the key of a list.
    if (this.#depth === 1) this.#string = this.#text.toString('utf8', this.#stringStart, this.#at - 1);
  }

  /** The first bytes of what is not handed over yet. */
  #taken(length: number): Buffer {
    const taken = this.#text.subarray(0, length);
    this.#text = this.#text.subarray(length);
    this.#at -= length;
    return taken;
  }
}
