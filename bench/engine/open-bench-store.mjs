/** As `openStore`, but the S3 client is only loaded where it is needed: every thread would pay for it. */
export async function openBenchStore(url) {
  if (url.startsWith('file://')) {
    const { FileStore } = await import('../../dist/store/file/file-store.js');
    return new FileStore({ root: url.slice('file://'.length), url });
  }
  const { openStore } = await import('../../dist/store/open-store.js');
  return openStore(url);
}
