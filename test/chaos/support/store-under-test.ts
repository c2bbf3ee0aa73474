import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../../src/store/s3/s3-client.js';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.js';
import { startVersitygw, type Versitygw } from '../../support/versitygw.js';
import { type HttpFault, type HttpFaultKind, HttpFaults } from './http-faults.js';

/** Where a day's bytes live, as its workers see it and as the checker sees it. */
export interface StoreUnderTest {
  /** Of the workers: with whatever stands between them and the store. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the checker, which sees no faults. */
  readonly plainEnv: NodeJS.ProcessEnv;
  land(key: string, bytes: Buffer): Promise<void>;
}

export function fileStoreIn(directory: string): StoreUnderTest {
  const env = { PARTNERDAY_STORE: pathToFileURL(directory).href };
  return {
    env,
    plainEnv: env,
    async land(key, bytes) {
      const path = join(directory, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      // Nobody is writing to it any more.
      await utimes(path, 1_700_000_000, 1_700_000_000);
    },
  };
}

/** An S3 server that can be killed, behind a network that can be made to fail. */
export class S3UnderTest implements StoreUnderTest {
  private constructor(
    private readonly server: Versitygw,
    private readonly proxy: FaultyProxy,
  ) {}

  static async start(): Promise<S3UnderTest> {
    const server = await startVersitygw();
    return new S3UnderTest(server, await startFaultyProxy(server.endpoint));
  }

  get env(): NodeJS.ProcessEnv {
    return { ...this.plainEnv, AWS_ENDPOINT_URL_S3: this.proxy.endpoint };
  }

  get plainEnv(): NodeJS.ProcessEnv {
    return { ...this.server.env, PARTNERDAY_STORE: `s3://${this.server.bucket}` };
  }

  async land(key: string, bytes: Buffer): Promise<void> {
    const client = createS3Client({ endpoint: this.server.endpoint, env: this.server.env });
    await client.send(new PutObjectCommand({ Bucket: this.server.bucket, Key: key, Body: bytes }));
    client.destroy();
  }

  /** Lets the network fail until `end`. */
  disturb(
    seed: number,
    rate: number,
    only?: readonly HttpFaultKind[],
  ): { happened: readonly HttpFault[]; end: () => void } {
    const faults = new HttpFaults(seed, rate, only);
    this.proxy.fault = faults.decide;
    return {
      happened: faults.happened,
      end: () => {
        this.proxy.fault = () => undefined;
      },
    };
  }

  /** Requests since the last call. */
  takeRequests(): number {
    return this.proxy.requests.splice(0).length;
  }

  async killAndRestart(): Promise<void> {
    await this.server.kill();
    await this.server.restart();
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.server.stop();
  }
}
