import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of Airflow 3's REST API as a trigger meets, with its answers' form (docs/airflow.md says how it was compared). */
export interface AirflowDouble {
  url: string;
  /** By run id. */
  runs: Map<string, unknown>;
  signIns: number;
  /** Requests for a DAG run, the refused ones too. */
  asked: number;
  /** From now on every request for a DAG run is answered so; `undefined`: properly again. */
  answer(status: number | undefined, body?: unknown): void;
  expireTokens(): void;
  /** A restart with other keys: tokens are not expired but unknown. */
  loseKeys(): void;
  stop(): Promise<void>;
}

export async function startAirflowDouble(): Promise<AirflowDouble> {
  let token = 1;
  let keysLost = false;
  let forced: { status: number; body: unknown } | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const reply = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', location: 'http://127.0.0.1:1/' });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    if (request.url === '/auth/token') {
      double.signIns++;
      const known = body.username === 'partnerday' && body.password === 'secret';
      return known
        ? reply(201, { access_token: `jwt-${token}` })
        : reply(401, { detail: 'Invalid credentials' });
    }
    const dag = /^\/api\/v2\/dags\/([^/]+)\/dagRuns$/.exec(request.url ?? '')?.[1];
    if (dag === undefined) return reply(404, { detail: 'Not Found' });
    double.asked++;
    if (request.headers.authorization !== `Bearer jwt-${token}`) {
      return keysLost ? reply(403, { detail: 'Invalid JWT token' }) : reply(401, { detail: 'Token Expired' });
    }
    if (forced) return reply(forced.status, forced.body);
    if (!('logical_date' in body))
      return reply(422, { detail: [{ type: 'missing', loc: ['body', 'logical_date'] }] });
    if (double.runs.has(body.dag_run_id)) {
      return reply(409, { detail: { reason: 'Unique constraint violation' } });
    }
    double.runs.set(body.dag_run_id, body);
    reply(200, { dag_run_id: body.dag_run_id, dag_id: dag, state: 'queued', conf: body.conf });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const double: AirflowDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    runs: new Map(),
    signIns: 0,
    asked: 0,
    answer: (status, body = {}) => {
      forced = status === undefined ? undefined : { status, body };
    },
    expireTokens: () => {
      token++;
      keysLost = false;
    },
    loseKeys: () => {
      token++;
      keysLost = true;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}
