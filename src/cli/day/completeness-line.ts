import type { Completeness } from '../../ingest/arrivals/completeness.js';
import { count, plural } from '../output/format.js';

/** `source main: short, 1 of 3 announced archives is missing`. */
export function completenessLine(source: Completeness): string {
  return `  source ${source.source}: ${source.verdict}, ${because(source)}`;
}

function because(source: Completeness): string {
  const { evidence, landed, announced = 0, missing, unannounced, usual } = source;
  switch (evidence) {
    case 'list':
    case 'number':
      if (missing > 0) return `${count(missing)} of ${plural(announced, 'announced archive')} missing`;
      if (unannounced > 0) return `${plural(unannounced, 'archive')} more than announced`;
      return `all ${plural(announced, 'announced archive')} landed`;
    case 'history':
      return `${plural(landed, 'archive')} where the last ${plural(usual!.days, 'day')} brought ${count(usual!.least)} to ${count(usual!.most)}`;
    case 'word':
      return `${plural(landed, 'archive')}, completed by ${source.completedBy}`;
    case 'none':
      return source.completedBy === 'deadline'
        ? `${plural(landed, 'archive')} by its deadline; it never said that it was complete`
        : `${plural(landed, 'archive')} when the day was sealed; it never said that it was complete`;
  }
}
