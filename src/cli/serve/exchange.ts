import type { IncomingMessage } from 'node:http';

/** One request, with the parts of its path. */
export interface Exchange {
  request: IncomingMessage;
  url: URL;
  params: Readonly<Record<string, string>>;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Handler = (exchange: Exchange) => Promise<Answer>;

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}
