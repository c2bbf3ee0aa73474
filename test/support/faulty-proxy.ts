import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** What to do to one request. `undefined`: pass it on untouched. */
export interface Fault {
  /** Cut the connection after so many bytes of the response body. */
  cutAfter?: number;
  /** Answer this instead of the server's answer, which is thrown away: the request was carried out. */
  answerInstead?: { status: number; body: string };
  /** Answer this without asking the server. */
  refuse?: { status: number; body: string };
  /** Send headers and nothing more. */
  stall?: boolean;
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
      if (fault.answerInstead) {
        response.resume();
        response.on('end', () => answer(outgoing, fault.answerInstead!));
        return;
      }
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      if (fault.stall) {
        outgoing.flushHeaders();
        response.resume();
        return;
      }
      let passed = 0;
      response.on('data', (chunk: Buffer) => {
        const rest = (fault.cutAfter ?? Number.POSITIVE_INFINITY) - passed;
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

function answer(outgoing: ServerResponse, { status, body }: { status: number; body: string }): void {
  outgoing.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  outgoing.end(body);
}
