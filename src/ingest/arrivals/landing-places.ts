import type { PartnerConfig } from '../../config/partner-config.js';
import { InvalidNameError, parseBusinessDate } from '../layout.js';

/** The day and source an object below a landing prefix belongs to. */
export interface LandingPlace {
  readonly partner: string;
  readonly date: string;
  readonly source: string;
}

interface Shape extends Omit<LandingPlace, 'date'> {
  readonly key: RegExp;
}

/** Finds out of a key alone whose it is; the reverse of `Landing`. */
export class LandingPlaces {
  readonly #shapes: Shape[] = [];

  constructor(partners: Iterable<Pick<PartnerConfig, 'id' | 'sources'>>) {
    for (const { id, sources } of partners) {
      for (const source of sources) {
        this.#shapes.push({ partner: id, source: source.id, key: shapeOf(source.landing, id) });
      }
    }
  }

  /** Sources may share a prefix and tell their archives apart by name: then the object concerns all of them. */
  of(key: string): LandingPlace[] {
    return this.#shapes.flatMap(({ partner, source, key: shape }) => {
      const date = shape.exec(key)?.groups?.date;
      return date !== undefined && exists(date) ? [{ partner, date, source }] : [];
    });
  }
}

function shapeOf(landing: string, partner: string): RegExp {
  let dates = 0;
  const source = landing
    .replaceAll('{partner}', partner)
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replaceAll('{date}', () => (dates++ === 0 ? '(?<date>\\d{4}-\\d{2}-\\d{2})' : '\\k<date>'));
  return new RegExp(`^${source}.`, 'su');
}

function exists(date: string): boolean {
  try {
    parseBusinessDate(date);
    return true;
  } catch (error) {
    if (error instanceof InvalidNameError) return false;
    throw error;
  }
}
