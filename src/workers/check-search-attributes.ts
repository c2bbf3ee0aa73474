import type { NativeConnection } from '@temporalio/worker';
import { TerminalError } from '../errors.js';
import { searchAttributes } from '../workflows/search-attributes.js';

/** The namespace lacks search attributes; workflows would fail at their first upsert. */
export class SearchAttributesMissingError extends TerminalError {}

const CLI_TYPE = {
  KEYWORD: 'Keyword',
  DATETIME: 'Datetime',
  DOUBLE: 'Double',
  KEYWORD_LIST: 'KeywordList',
} as const;

/** The command that registers what is needed. */
export function registerCommand(namespace: string): string {
  const flags = Object.values(searchAttributes).map(
    ({ name, type }) => `--name ${name} --type ${CLI_TYPE[type]}`,
  );
  return `temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
}

export async function missingSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(searchAttributes)
    .map(({ name }) => name)
    .filter((name) => !(name in (customAttributes ?? {})));
}

export async function checkSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length > 0) {
    throw new SearchAttributesMissingError(
      `namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Register them with:\n  ${registerCommand(namespace)}`,
    );
  }
}
