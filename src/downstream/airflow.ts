import { escapeText } from '../archive/escape-text.js';
import { TerminalError, TransientError } from '../errors.js';
import type { AirflowSettings } from './airflow-settings.js';

/** Airflow will say no to this again: a DAG it does not know, credentials that are not good enough, a bad request. */
export class AirflowRefusedError extends TerminalError {}

/** Airflow is away, busy or broken; another try may do. */
export class AirflowUnavailableError extends TransientError {}

export interface DagRun {
  dag: string;
  /** The same run asked for again is recognised by it. */
  runId: string;
  conf: unknown;
  note: string;
}

const REQUEST_MS = 15_000;
const SHOWN_BYTES = 2_000;

/** Airflow 3's REST API, as far as a trigger needs it. */
export class Airflow {
  #jwt: string | undefined;

  constructor(private readonly settings: AirflowSettings) {}

  /** `already`: this run was triggered before. @throws AirflowRefusedError, AirflowUnavailableError */
  async trigger({ dag, runId, conf, note }: DagRun, signal?: AbortSignal): Promise<'triggered' | 'already'> {
    const path = `/api/v2/dags/${encodeURIComponent(dag)}/dagRuns`;
    // No logical date: a business date may have several versions, and Airflow wants logical dates to be unique.
    const body = { dag_run_id: runId, logical_date: null, conf, note };
    for (let renewed = false; ; renewed = true) {
      const response = await this.#post(path, body, await this.#token(signal), signal);
      if (response.ok) return 'triggered';
      if (response.status === 409) return 'already';
      // A token of ours may have run out (401), or been signed by a key that Airflow has no more (403).
      if ([401, 403].includes(response.status) && !renewed && 'username' in this.settings.credentials) {
        this.#jwt = undefined;
        continue;
      }
      throw refusal(response.status, await shown(response), `DAG ${dag}`);
    }
  }

  async #token(signal: AbortSignal | undefined): Promise<string> {
    const { credentials } = this.settings;
    if ('token' in credentials) return credentials.token;
    if (this.#jwt !== undefined) return this.#jwt;
    const response = await this.#post('/auth/token', credentials, undefined, signal);
    if (!response.ok) throw refusal(response.status, await shown(response), 'signing in');
    const { access_token: token } = ((await response.json().catch(() => ({}))) ?? {}) as {
      access_token?: unknown;
    };
    if (typeof token !== 'string') throw new AirflowRefusedError('Airflow: signing in gave no access_token');
    this.#jwt = token;
    return token;
  }

  async #post(
    path: string,
    body: unknown,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(REQUEST_MS);
    try {
      return await fetch(this.settings.url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        // Credentials must not follow wherever an answer points.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      signal?.throwIfAborted();
      const cause = (error as Error).cause;
      const why = timeout.aborted
        ? `no answer within ${REQUEST_MS / 1_000} s`
        : cause instanceof Error
          ? cause.message
          : (error as Error).message;
      throw new AirflowUnavailableError(`Airflow at ${this.settings.url}: ${why}`, { cause: error });
    }
  }
}

function refusal(status: number, said: string, what: string): Error {
  const message = `Airflow answered ${status} to ${what}${said === '' ? '' : `: ${said}`}`;
  // 408, 425 and 429 ask for patience; whatever else is in the four hundreds is an answer, and so is a redirect.
  const patience = status >= 500 || [408, 425, 429].includes(status);
  return patience ? new AirflowUnavailableError(message) : new AirflowRefusedError(message);
}

async function shown(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  let said = text;
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (detail !== undefined) said = typeof detail === 'string' ? detail : JSON.stringify(detail);
  } catch {
    // A page of a proxy in between.
  }
  return escapeText(said.slice(0, SHOWN_BYTES)).trim();
}
