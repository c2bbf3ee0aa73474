import type { ManifestMember } from '../manifest.js';
import { contentOf } from './member-content.js';

/**
 * Member names of a day with their content, fed in canonical order. The same name with the same bytes is one member;
 * with other bytes it is another member of the same name.
 */
export class MemberNames {
  readonly #contents = new Map<string, string | string[]>();

  /** `first`: a new name. `duplicate`: these bytes were there under this name. `reused`: the name, with other bytes. */
  see(member: ManifestMember): 'first' | 'duplicate' | 'reused' {
    const content = contentOf(member);
    const seen = this.#contents.get(member.name);
    if (seen === undefined) {
      this.#contents.set(member.name, content);
      return 'first';
    }
    if (typeof seen === 'string') {
      if (seen === content) return 'duplicate';
      this.#contents.set(member.name, [seen, content]);
      return 'reused';
    }
    if (seen.includes(content)) return 'duplicate';
    seen.push(content);
    return 'reused';
  }

  /** Names that stand for more than one content. */
  reused(): Set<string> {
    const names = new Set<string>();
    for (const [name, contents] of this.#contents) if (typeof contents !== 'string') names.add(name);
    return names;
  }
}
