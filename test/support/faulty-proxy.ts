import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** What to do to one request. `undefined`: pass it on untouched. */
export interface Fault {
  /** Cut the connection after so many bytes of the response body. */
  cutAfter?: number;
  /** Answer this instead of the server's answer, which is thrown away: the request was carried out. */
  answerInstead?: { status: number; body: string };
  /** Answer this without asking the server. */
  refuse?: { status: number; body: string; headers?: Record<string, string> };
  /** Send headers and nothing more. */
  stall?: boolean;
  /** Reset the connection: `before` the server is asked, or `after` it has carried the request out. */
  reset?: 'before' | 'after';
  /** Take the request and never answer; the connection stays open for so long, in ms. */
  blackHole?: number;
  /** Flip one bit of the response body, at this share of its length. */
  flipAt?: number;
  /** Do this while the response body is under way: after its first chunk, before the next. */
  during?: () => Promise<unknown>;
}

export interface FaultyProxy {
  readonly endpoint: string;
  /** Requests seen so far, in order. */
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  /** Decides about every request from now on. */
  fault: (request: { method: string; url: string; headers: IncomingMessage['headers'] }) => Fault | undefined;
  /** Requests for which this holds reach the server one at a time, each after the answer to the one before. */
  serialise: (request: { method: string; url: string; headers: IncomingMessage['headers'] }) => boolean;
  stop(): Promise<void>;
}

/** An HTTP proxy in front of a real server that breaks what it is told to break. Signatures stay valid. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const requests: FaultyProxy['requests'] = [];
  const server = createServer((incoming, outgoing) => {
    const seen = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers };
    requests.push(seen);
    const fault = proxy.fault(seen) ?? {};
    if (fault.reset === 'before') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault.blackHole !== undefined) {
      incoming.resume();
      setTimeout(() => incoming.socket.destroy(), fault.blackHole).unref();
      return;
    }
    if (fault.refuse) {
      incoming.resume();
      incoming.on('end', () => answer(outgoing, fault.refuse!));
      return;
    }
    if (!proxy.serialise(seen)) forward(incoming, outgoing, fault);
    else {
      const answered = once(outgoing, 'close');
      turn = turn.then(() => {
        forward(incoming, outgoing, fault);
        return answered;
      });
    }
  });
  let turn: Promise<unknown> = Promise.resolve();

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault): void => {
    // The Host header is signed: it stays what the client wrote.
    const { method = 'GET', url = '/', headers } = incoming;
    const upstream = httpRequest({ hostname, port, method, path: url, headers }, (response) => {
      if (fault.answerInstead || fault.reset === 'after') {
        response.resume();
        response.on('end', () => {
          if (fault.answerInstead) answer(outgoing, fault.answerInstead);
          else incoming.socket.resetAndDestroy();
        });
        return;
      }
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      if (fault.stall) {
        outgoing.flushHeaders();
        response.resume();
        return;
      }
      let passed = 0;
      const flipped = positionIn(response, fault.flipAt);
      response.on('data', (chunk: Buffer) => {
        const rest = (fault.cutAfter ?? Number.POSITIVE_INFINITY) - passed;
        if (flipped >= passed && flipped < passed + chunk.length) chunk[flipped - passed]! ^= 0x10;
        if (passed === 0 && fault.during) {
          response.pause();
          void fault.during().finally(() => response.resume());
        }
        passed += chunk.length;
        if (chunk.length < rest) {
          outgoing.write(chunk);
          return;
        }
        response.destroy();
        outgoing.write(chunk.subarray(0, rest), () => outgoing.destroy());
      });
      response.on('end', () => outgoing.end());
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    fault: () => undefined,
    serialise: () => false,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** -1: nowhere. */
function positionIn(response: IncomingMessage, share: number | undefined): number {
  const bytes = Number(response.headers['content-length'] ?? 0);
  return share === undefined ? -1 : Math.min(Math.floor(bytes * share), bytes - 1);
}

function answer(
  outgoing: ServerResponse,
  { status, body, headers }: { status: number; body: string; headers?: Record<string, string> },
): void {
  outgoing.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  outgoing.end(body);
}
