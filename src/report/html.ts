import { escapeText } from '../archive/escape-text.js';

/** Markup that is safe to put into a page as it stands. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = string | number | Html | undefined | false | readonly Part[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Markup with everything put into it escaped, unless it is markup itself. Names and values come from partners: what
 * nobody can see (control characters, direction marks) is shown by its number.
 */
export function html(markup: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = markup[0]!;
  for (const [index, part] of parts.entries()) text += escaped(part) + markup[index + 1]!;
  return new Html(text);
}

function escaped(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(part).replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
  return part.map(escaped).join('');
}
