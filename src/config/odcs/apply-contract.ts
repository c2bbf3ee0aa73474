import { isMap, parseDocument } from 'yaml';
import type { ImportedContract } from './import-odcs.js';

/**
 * The text of a partner's file with the tables of a contract in it. Comments, order and everything else stay; a table
 * that is there already takes the contract's word for what the contract speaks of.
 */
export function applyContract(text: string, { tables, quality }: ImportedContract): string {
  const document = parseDocument(text);
  const set = (path: string[], fields: object) => {
    for (const end of path.keys()) {
      const parent = path.slice(0, end + 1);
      if (!isMap(document.getIn(parent))) document.setIn(parent, document.createNode({}));
    }
    for (const [name, value] of Object.entries(fields))
      document.setIn([...path, name], document.createNode(value));
  };
  for (const [table, fields] of Object.entries(tables)) set(['tables', table], fields);
  for (const [table, { columns, ...fields }] of Object.entries(quality)) {
    set(['quality', 'tables', table], fields);
    for (const [column, own] of Object.entries(columns ?? {}))
      set(['quality', 'tables', table, 'columns', column], own);
  }
  return document.toString({ lineWidth: 0 });
}
