import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
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
 * Where Temporal is: `TEMPORAL_ADDRESS` or `TEMPORAL_PROFILE`, else what `partnerday up` recorded beside the
 * configuration, else `partnerday.yaml`, else the CLI's default profile, else localhost:7233. The default profile
 * comes late: it may name production, where what is run beside a local `up` has no business.
 */
export async function loadConnection(
  projectDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<TemporalAddress> {
  const named = Boolean(env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE);
  const up = named ? undefined : (await readUpRecord(projectDir))?.temporal;
  // A server of our own on this machine: no TLS, no key, whatever a profile says.
  if (up) return { ...up, connectOptions: { address: up.address } };
  const profile = readProfile(env);
  const { connectionOptions } = toClientOptions(profile);
  const configured = named ? undefined : (await loadProject(projectDir)).settings.temporal;
  const address = configured?.address ?? profile.address ?? 'localhost:7233';
  const namespace = env.TEMPORAL_NAMESPACE ?? configured?.namespace ?? profile.namespace ?? 'default';
  return { address, namespace, connectOptions: { ...connectionOptions, address } };
}

function readProfile(env: NodeJS.ProcessEnv): ClientConfigProfile {
  const overrideEnvVars = definedOnly(env);
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (error) {
    // The library (1.24.0) trips over a configuration file without any profile; such a file says nothing.
    if (error instanceof TypeError) return loadClientConfigProfile({ overrideEnvVars, disableFile: true });
    throw error;
  }
}

export function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
