import { compareUtf8 } from '../../store/utf8-order.js';
import { type ArchiveRef, archiveId } from '../archive-ref.js';
import type { PlannedArchive } from './plan.js';
import type { PlanFacts } from './plan-input.js';
import { sortInSteps } from './sort-in-steps.js';

/** An archive the plan has to say something about. */
export type Candidate =
  | {
      kind: 'landed';
      id: string;
      archive: ArchiveRef;
      announcedBytes?: number | undefined;
      unannounced: boolean;
    }
  /** In an earlier version, and no longer listed: replaced under the same key, or removed. */
  | { kind: 'earlier'; id: string; archive: ArchiveRef; planned: PlannedArchive }
  | { kind: 'missing'; source: string; key: string; bytes?: number | undefined };

/**
 * Every archive announced, landed or planned before, once, in canonical order: source, then key in UTF-8 byte order.
 * What landed comes before what it replaced, so that the new one's fate is known when the old one's is decided.
 */
export function* archiveCandidates(input: PlanFacts): Generator<undefined, Candidate[]> {
  const announced = new Map(
    (input.announced ?? []).map((archive) => [`${archive.source}\0${archive.key}`, archive]),
  );
  const listing = new Set((input.announced ?? []).map((archive) => archive.source));
  const candidates: Candidate[] = [];
  const ids = new Set<string>();
  const keys = new Set<string>();
  for (const [key, archive] of new Map(input.landed.map((archive) => [archive.key, archive]))) {
    const name = `${archive.source}\0${key}`;
    const id = archiveId(archive);
    ids.add(id);
    keys.add(name);
    candidates.push({
      kind: 'landed',
      id,
      archive,
      announcedBytes: announced.get(name)?.bytes,
      unannounced: listing.has(archive.source) && !announced.has(name),
    });
    yield;
  }
  for (const archive of earlierArchives(input)) {
    if (ids.has(archive.id)) continue;
    ids.add(archive.id);
    keys.add(`${archive.archive.source}\0${archive.archive.key}`);
    candidates.push({ kind: 'earlier', ...archive });
    yield;
  }
  for (const [name, { source, key, bytes }] of announced) {
    if (!keys.has(name)) candidates.push({ kind: 'missing', source, key, bytes });
  }
  return yield* inOrder(candidates);
}

/** Landed objects that another one has replaced in the listing, and all of the previous plan that were there. */
function* earlierArchives(
  input: PlanFacts,
): Generator<{ id: string; archive: ArchiveRef; planned: PlannedArchive }> {
  for (const planned of input.previous?.archives ?? []) {
    const { source, key, etag, bytes } = planned;
    if (etag === undefined || bytes === undefined) continue;
    const archive = { source, key, etag, bytes };
    yield { id: planned.archiveId ?? archiveId(archive), archive, planned };
  }
  const current = new Map(input.landed.map((archive) => [archive.key, archive]));
  for (const archive of input.landed) {
    if (current.get(archive.key) === archive) continue;
    yield { id: archiveId(archive), archive, planned: { ...archive, fate: 'superseded' } };
  }
}

function* inOrder(candidates: readonly Candidate[]): Generator<undefined, Candidate[]> {
  const placed = candidates.map((candidate) => {
    if (candidate.kind === 'missing') {
      const { source, key } = candidate;
      return { source, key, rank: 2, id: '', candidate };
    }
    const { source, key } = candidate.archive;
    return { source, key, rank: candidate.kind === 'landed' ? 0 : 1, id: candidate.id, candidate };
  });
  const sorted = yield* sortInSteps(
    placed,
    (a, b) =>
      compareUtf8(a.source, b.source) ||
      compareUtf8(a.key, b.key) ||
      a.rank - b.rank ||
      compareUtf8(a.id, b.id),
  );
  return sorted.map(({ candidate }) => candidate);
}
