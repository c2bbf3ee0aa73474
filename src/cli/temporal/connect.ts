import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { readUpRecord } from '../../config/up-record.js';
import { loadConnection, type TemporalAddress } from '../../workers/connection.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';

const CONNECT_TIMEOUT_MS = 5_000;

export interface TemporalClient {
  client: Client;
  address: string;
  namespace: string;
  close: () => Promise<void>;
}

/** @throws CliError (3) that names the address when nothing answers there */
export async function connectTemporal(cli: Cli, timeoutMs = CONNECT_TIMEOUT_MS): Promise<TemporalClient> {
  const project = await cli.project();
  const { address, namespace, connectOptions } = await loadConnection(project.dir, cli.env);
  try {
    const options = clientOptions(connectOptions);
    const connection = await Connection.connect({ ...options, address, connectTimeout: timeoutMs });
    return {
      client: new Client({ connection, namespace }),
      address,
      namespace,
      close: () => connection.close(),
    };
  } catch (error) {
    cli.signal.throwIfAborted();
    const record = await readUpRecord(project.dir);
    const ours = record?.temporal.address === address;
    throw new CliError(
      EXIT.unreachable,
      `Temporal at ${address} does not answer${ours ? ', although `partnerday up` recorded it' : ''}`,
      'partnerday up (starts one), or set TEMPORAL_ADDRESS; partnerday doctor tells more',
      { cause: error },
    );
  }
}

/** Connects when it is first used, and again whenever it has to: for a process that outlives a Temporal server. */
export async function lazyTemporal(cli: Cli): Promise<TemporalClient> {
  const project = await cli.project();
  const { address, namespace, connectOptions } = await loadConnection(project.dir, cli.env);
  const connection = Connection.lazy({ ...clientOptions(connectOptions), address });
  return {
    client: new Client({ connection, namespace }),
    address,
    namespace,
    close: () => connection.close(),
  };
}

function clientOptions({ tls, apiKey, metadata }: TemporalAddress['connectOptions']): ConnectionOptions {
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
  };
}

/** Runs `work` with a client, and closes the connection whatever happens. */
export async function withTemporal<T>(cli: Cli, work: (temporal: TemporalClient) => Promise<T>): Promise<T> {
  const temporal = await connectTemporal(cli);
  try {
    return await work(temporal);
  } finally {
    await temporal.close();
  }
}
