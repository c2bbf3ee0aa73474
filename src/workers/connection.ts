import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { loadProject } from '../config/load-project.js';
import { readUpRecord } from '../config/up-record.js';

export interface TemporalAddress {
  address: string;
  namespace: string;
  /** TLS, API key and headers from the same profile the `temporal` CLI uses. */
  connectOptions: NativeConnectionOptions;
}

/**
 * Where Temporal is: `TEMPORAL_*` and the CLI's profile when they name an address, else what `partnerday up` recorded
 * beside the configuration, else `partnerday.yaml`, else localhost:7233.
 */
export async function loadConnection(
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<TemporalAddress> {
  const profile = loadClientConfigProfile({ overrideEnvVars: definedOnly(env) });
  const { connectionOptions } = toClientOptions(profile);
  const up = profile.address ? undefined : (await readUpRecord(projectDir))?.temporal;
  const configured = profile.address || up ? undefined : (await loadProject(projectDir)).settings.temporal;
  const address = profile.address ?? up?.address ?? configured?.address ?? 'localhost:7233';
  const namespace = profile.namespace ?? up?.namespace ?? configured?.namespace ?? 'default';
  return { address, namespace, connectOptions: { ...connectionOptions, address } };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
