import { searchAttributes } from '../../workflows/search-attributes.js';

const TYPES: Record<string, string> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

/** `PartnerId=Keyword`, ... as the Temporal CLI writes them. */
export function searchAttributePairs(): { name: string; type: string }[] {
  return Object.values(searchAttributes).map((key) => ({ name: key.name, type: TYPES[key.type]! }));
}
