import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileStore } from '../../src/store/file/file-store.js';
import { objectStoreContract } from './object-store.contract.js';

objectStoreContract('FileStore', async () => {
  const root = await mkdtemp(join(tmpdir(), 'partnerday-file-store-'));
  return {
    store: new FileStore({ root }),
    another: () => new FileStore({ root }),
    land: async (key, content) => {
      const path = join(root, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    },
    stop: () => rm(root, { recursive: true, force: true }),
  };
});
