import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiRoutes, problemJson } from './api-routes.js';
import { pageRoutes, problemPage } from './page-routes.js';
import { probeRoutes } from './probes.js';
import { type ProblemView, type Route, requestListener } from './request-listener.js';
import type { ServeDependencies } from './serve-dependencies.js';

export interface StartServerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** A second port for the probes alone, which no ingress leads to. */
  probePort?: number;
  version: string;
}

export interface RunningServer {
  url: string;
  /** Takes nothing new, finishes what it has, and tells what is still to be told. */
  stop(): Promise<void>;
}

const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const GRACE_MS = 10_000;

export async function startServer(
  deps: ServeDependencies,
  options: StartServerOptions,
): Promise<RunningServer> {
  const stopping = new AbortController();
  const probes = probeRoutes(stopping.signal);
  const api = apiRoutes(deps, options.version);
  const view: ProblemView = (problem, request) =>
    (request.url ?? '/').startsWith('/v1/') ? problemJson(problem) : problemPage(problem);
  const servers: Server[] = [];
  const open = async (routes: Route[], port: number): Promise<AddressInfo> => {
    const server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS },
      requestListener(routes, view, deps.log),
    );
    const address = await listen(server, options.host, port);
    servers.push(server);
    return address;
  };
  const pages = pageRoutes(deps, options);
  const address = await open([...probes, ...api.routes, ...pages], options.port);
  if (options.probePort !== undefined) await open(probes, options.probePort);
  return {
    url: `http://${hostText(address)}:${address.port}`,
    stop: async () => {
      stopping.abort();
      await Promise.all(servers.map(close));
      await api.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(GRACE_MS, undefined, { ref: false })]);
  server.closeAllConnections();
}

function hostText({ address, family }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]` : address;
}
