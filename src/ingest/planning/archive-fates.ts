import { TerminalError } from '../../errors.js';
import type { Finding } from '../../quality/finding.js';
import type { Manifest } from '../manifest.js';
import type { Candidate } from './archive-candidates.js';
import type { ArchiveFate } from './plan.js';
import type { PlanFacts } from './plan-input.js';

/** What the fate of an archive depends on, of its manifest. */
export type ManifestFacts = Pick<Manifest, 'outcome' | 'sha256'>;

/** What the plan says of an archive, and whether its members are read. */
export interface Decided {
  fate: ArchiveFate;
  findings: Finding[];
}

/**
 * Decides what becomes of each archive. Fed in canonical order, so that of equal archives the first one wins whatever
 * the order of arrival.
 */
export class ArchiveFates {
  /** SHA-256 of what was merged, with the key it came under. */
  readonly #merged = new Map<string, string>();
  /** Keys whose listed object is merged: what they held before is superseded. */
  readonly #current = new Set<string>();
  /** Of the previous version, by key: what was merged from there. */
  readonly #earlier = new Map<string, { etag: string | undefined; sha256: string | undefined }>();

  constructor(private readonly input: PlanFacts) {
    for (const { key, etag, sha256, fate } of input.previous?.archives ?? []) {
      if (fate === 'merged' || fate === 'salvaged') this.#earlier.set(key, { etag, sha256 });
    }
  }

  decide(candidate: Candidate, manifest: ManifestFacts | undefined): Decided {
    if (candidate.kind === 'missing') {
      return { fate: 'missing', findings: [missing(candidate)] };
    }
    if (candidate.kind === 'earlier') return this.#earlierArchive(candidate, manifest);
    return this.#landed(candidate, manifest);
  }

  #landed(candidate: Extract<Candidate, { kind: 'landed' }>, manifest: ManifestFacts | undefined): Decided {
    const { archive } = candidate;
    const findings = announcementFindings(candidate);
    const unread = this.input.unread?.get(candidate.id);
    if (manifest !== undefined && unread !== undefined) {
      const detail = `could not be read again and stays as it was: ${unread.reason}`;
      findings.push(about(archive.key, 'archive-unreadable', 'warning', detail));
    }
    if (manifest === undefined) {
      if (unread === undefined) {
        findings.push(
          about(
            archive.key,
            'archive-late',
            'warning',
            'landed after extraction had closed; the next version reads it',
          ),
        );
        return { fate: 'late', findings };
      }
      findings.push(about(archive.key, unread.code ?? 'archive-unreadable', 'error', unread.reason));
      return { fate: 'quarantined', findings };
    }
    if (manifest.outcome === 'rejected') return { fate: 'quarantined', findings };
    const before = this.#earlier.get(archive.key);
    if (before !== undefined && before.etag !== archive.etag && before.sha256 === manifest.sha256) {
      findings.push(about(archive.key, 'archive-duplicate', 'info', 'was sent again unchanged'));
      return { fate: 'duplicate', findings };
    }
    const decided = this.#unlessDuplicate(archive.key, manifest, findings);
    if (decided.fate !== 'duplicate') this.#current.add(archive.key);
    return decided;
  }

  /** Stays in until what replaced it can be merged: a broken re-send takes no rows away. */
  #earlierArchive(
    candidate: Extract<Candidate, { kind: 'earlier' }>,
    manifest: ManifestFacts | undefined,
  ): Decided {
    const { archive, planned } = candidate;
    if (this.#current.has(archive.key) || planned.fate === 'superseded') {
      return {
        fate: 'superseded',
        findings: [
          about(archive.key, 'archive-superseded', 'info', 'was replaced by another object of that name'),
        ],
      };
    }
    if (manifest !== undefined) {
      if (manifest.outcome === 'rejected') return { fate: 'quarantined', findings: [] };
      return this.#unlessDuplicate(archive.key, manifest, []);
    }
    if (planned.fate === 'merged' || planned.fate === 'salvaged') {
      throw new TerminalError(
        `${archive.key}: was merged in an earlier version, but its manifest was not given to the plan`,
      );
    }
    return { fate: planned.fate, findings: [] };
  }

  #unlessDuplicate(key: string, manifest: ManifestFacts, findings: Finding[]): Decided {
    const twin = this.#merged.get(manifest.sha256);
    if (twin !== undefined) {
      findings.push(
        about(key, 'archive-duplicate', 'warning', `has the same bytes as ${twin}, and is merged once`),
      );
      return { fate: 'duplicate', findings };
    }
    this.#merged.set(manifest.sha256, key);
    return { fate: manifest.outcome === 'salvaged' ? 'salvaged' : 'merged', findings };
  }
}

function missing({ key, bytes }: Extract<Candidate, { kind: 'missing' }>): Finding {
  const size = bytes === undefined ? '' : ` (${bytes} bytes)`;
  return about(key, 'archive-missing', 'error', `was announced${size} and has not landed`);
}

function announcementFindings(candidate: Extract<Candidate, { kind: 'landed' }>): Finding[] {
  const { archive, announcedBytes, unannounced } = candidate;
  if (unannounced)
    return [about(archive.key, 'archive-unannounced', 'warning', 'landed without being announced')];
  if (announcedBytes === undefined || announcedBytes === archive.bytes) return [];
  const detail = `landed with ${archive.bytes} bytes, announced with ${announcedBytes}`;
  return [about(archive.key, 'archive-unannounced', 'warning', detail)];
}

function about(
  archive: string,
  code: Finding['code'],
  severity: Finding['severity'],
  detail: string,
): Finding {
  return { code, severity, detail, archive };
}
