import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/store/s3/s3-client.js';
import { S3Store } from '../../src/store/s3/s3-store.js';
import { startVersitygw } from '../support/versitygw.js';
import { objectStoreContract } from './object-store.contract.js';

objectStoreContract('S3Store', async () => {
  const server = await startVersitygw();
  const { bucket, endpoint, env } = server;
  const prefix = 'a team/100% + more';
  const partner = createS3Client({ endpoint, env });
  const stores: S3Store[] = [];
  const open = (): S3Store => {
    const store = new S3Store({ bucket, prefix, endpoint, env });
    stores.push(store);
    return store;
  };
  return {
    store: open(),
    another: open,
    land: async (key, content) => {
      await partner.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}`, Body: content }));
    },
    stop: async () => {
      partner.destroy();
      await Promise.all(stores.map((store) => store.close()));
      await server.stop();
    },
  };
});
