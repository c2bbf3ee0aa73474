import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface S3ClientOptions {
  /** For servers other than AWS; buckets are then addressed by path. */
  readonly endpoint?: string;
  /** Region and credentials; what is missing here comes from the SDK's own chain (profiles, roles). */
  readonly env: NodeJS.ProcessEnv;
  /** Connections kept open at most. Default 64. */
  readonly maxSockets?: number;
}

/** How long one try of a request may take until its response begins, in ms. The SDK makes up to 5 tries. */
export const TIMEOUT_MS = {
  look: 60_000,
  send: 5 * 60_000,
  copy: 15 * 60_000,
  /** Some servers assemble the object before they answer. */
  complete: 60 * 60_000,
} as const;

export function createS3Client(options: S3ClientOptions): S3Client {
  const { endpoint, env, maxSockets = 64 } = options;
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (endpoint ? 'us-east-1' : undefined);
  const config: S3ClientConfig = {
    maxAttempts: 5,
    // A checksum kept with an object would make some servers give a wrong one for a range copied from it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5_000,
      throwOnRequestTimeout: true,
      socketTimeout: 0,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
    }),
  };
  if (region) config.region = region;
  if (endpoint) {
    config.endpoint = endpoint;
    config.forcePathStyle = true;
  }
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId && secretAccessKey) {
    config.credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  return new S3Client(config);
}
