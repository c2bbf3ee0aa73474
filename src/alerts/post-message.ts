import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isPrivateAddress } from './private-address.js';

export interface Post {
  url: URL;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** Private addresses are allowed. */
  privateNetwork: boolean;
  /** Default: the system's. */
  resolve?: (host: string) => Promise<readonly string[]>;
}

/** What became of a message. `again`: not taken now, and it may be later. `refused`: another try gives the same. */
export type Posted =
  | { kind: 'accepted'; status: number }
  | { kind: 'again'; detail: string; status?: number; retryAfterMs?: number }
  | { kind: 'refused'; detail: string; status?: number };

const ANSWER_BYTES = 300;
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * One POST, never more: no redirect is followed, and the connection goes to an address that was looked at, so that a
 * name cannot point elsewhere between the look and the call. Never throws.
 */
export async function postMessage(post: Post): Promise<Posted> {
  let address: string;
  try {
    const addresses = await addressesOf(post);
    const barred = addresses.find(isPrivateAddress);
    if (barred !== undefined && !post.privateNetwork) {
      return {
        kind: 'refused',
        detail: `${post.url.hostname} is ${barred}, which is not a public address; alerts.privateNetwork allows it`,
      };
    }
    address = addresses[0]!;
  } catch (error) {
    return { kind: 'again', detail: `${post.url.hostname} cannot be resolved: ${(error as Error).message}` };
  }
  try {
    return outcomeOf(await exchange(post, address));
  } catch (error) {
    return { kind: 'again', detail: `${post.url.hostname}: ${(error as Error).message}` };
  }
}

async function addressesOf({ url, resolve = systemResolve }: Post): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new Error('it has no address');
  return addresses;
}

async function systemResolve(host: string): Promise<string[]> {
  return (await dnsLookup(host, { all: true })).map(({ address }) => address);
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

function exchange({ url, headers, body, timeoutMs }: Post, address: string): Promise<Answer> {
  const family = isIP(address);
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      lookup,
      agent: false,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'partnerday',
        ...headers,
      },
    });
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.once('response', (response) => {
      const answer: Answer = {
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        text: '',
      };
      const done = () => {
        clearTimeout(timer);
        request.destroy();
        resolve(answer);
      };
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        answer.text = (answer.text + text).slice(0, ANSWER_BYTES);
        if (answer.text.length >= ANSWER_BYTES) done();
      });
      // The status is the answer; what is cut off after it says nothing more.
      response.once('end', done);
      response.once('error', done);
      response.once('close', done);
    });
    request.end(body);
  });
}

function outcomeOf({ status, retryAfter, text }: Answer): Posted {
  if (status >= 200 && status < 300) return { kind: 'accepted', status };
  const said = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  const detail = `answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (!TRANSIENT.has(status)) {
    const why = status >= 300 && status < 400 ? `${detail}; redirects are not followed` : detail;
    return { kind: 'refused', status, detail: why };
  }
  const retryAfterMs = parseRetryAfter(retryAfter);
  return { kind: 'again', status, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds, or a date. */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
