interface Repeated {
  readonly indices: number[];
  same: boolean;
}

/** Finds members of one archive that carry the same name. */
export class MemberTwins {
  /** By path: index of the first of its name. */
  readonly #first = new Map<string, number>();
  readonly #repeated = new Map<string, Repeated>();
  /** By NFC of the path, for paths that are written otherwise: the first path written so. */
  readonly #byNfc = new Map<string, string>();
  readonly #unicode: { first: number; second: number }[] = [];

  /** `sameBytes`: whether the member at this index has the bytes of the one being added. */
  add(path: string, index: number, sameBytes: (index: number) => boolean): void {
    const first = this.#first.get(path);
    if (first !== undefined) {
      const twins = this.#repeated.get(path) ?? { indices: [first], same: true };
      twins.indices.push(index);
      twins.same &&= sameBytes(first);
      this.#repeated.set(path, twins);
      return;
    }
    this.#first.set(path, index);
    const nfc = path.normalize('NFC');
    const twin = this.#byNfc.get(nfc) ?? (nfc !== path && this.#first.has(nfc) ? nfc : undefined);
    if (twin !== undefined) this.#unicode.push({ first: this.#first.get(twin)!, second: index });
    else if (nfc !== path) this.#byNfc.set(nfc, path);
  }

  /** Names that came more than once; `same`: always with the same bytes. */
  repeated(): Iterable<{ indices: readonly number[]; same: boolean }> {
    return this.#repeated.values();
  }

  /** Different names that look the same. */
  unicodeTwins(): readonly { first: number; second: number }[] {
    return this.#unicode;
  }
}
