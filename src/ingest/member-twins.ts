/** Finds members of one archive that carry the same name. */
export class MemberTwins {
  readonly #byPath = new Map<string, { indices: number[]; sha256: string; same: boolean }>();
  /** By NFC of the path: the first path written so. */
  readonly #byNfc = new Map<string, string>();
  readonly #unicode: { first: number; second: number }[] = [];

  add(path: string, index: number, sha256: string): void {
    const known = this.#byPath.get(path);
    if (known) {
      known.indices.push(index);
      known.same &&= known.sha256 === sha256;
      return;
    }
    this.#byPath.set(path, { indices: [index], sha256, same: true });
    const nfc = path.normalize('NFC');
    const twin = this.#byNfc.get(nfc);
    if (twin === undefined) this.#byNfc.set(nfc, path);
    else this.#unicode.push({ first: this.#byPath.get(twin)!.indices[0]!, second: index });
  }

  /** Names that came more than once; `same`: always with the same bytes. */
  *repeated(): Generator<{ indices: readonly number[]; same: boolean }> {
    for (const twins of this.#byPath.values()) if (twins.indices.length > 1) yield twins;
  }

  /** Different names that look the same. */
  unicodeTwins(): readonly { first: number; second: number }[] {
    return this.#unicode;
  }
}
