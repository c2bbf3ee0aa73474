import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../src/errors.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import { openStore } from '../../../src/store/open-store.js';
import { S3Store } from '../../../src/store/s3/s3-store.js';

describe('openStore', () => {
  it.each([
    ['file:///data', FileStore],
    ['file:///data?fsync=1', FileStore],
    ['file:///with%20space/', FileStore],
    ['s3://bucket', S3Store],
    ['s3://bucket/', S3Store],
    ['s3://my.bucket-1/some/prefix/', S3Store],
  ])('opens %s and remembers how it was written', async (url, kind) => {
    const store = await openStore(url, { AWS_REGION: 'eu-west-1' });
    expect(store).toBeInstanceOf(kind);
    expect(store.url).toBe(url);
  });

  it.each([
    ['/data/lake', 'expected a URL; for a directory write file:///data/lake'],
    ['', 'expected a URL'],
    ['file://data/lake', 'an absolute path needs three slashes'],
    ['file:///data?sync=1', 'expected no option but fsync=0 or fsync=1, got sync=1'],
    ['file:///data?fsync=yes', 'got fsync=yes'],
    ['s3:bucket', 'expected s3://bucket or s3://bucket/prefix'],
    ['s3://', 'expected s3://bucket or s3://bucket/prefix'],
    ['s3://Bucket_Name', 'expected s3://bucket or s3://bucket/prefix'],
    ['s3://bucket/a//b', 'empty segment'],
    ['s3://bucket/../other', '".." segment'],
    ['gs://bucket', 'expected file:///dir or s3://bucket[/prefix]'],
  ])('refuses %j and says what to write', async (url, hint) => {
    const open = () => openStore(url, {});
    await expect(open()).rejects.toThrow(TerminalError);
    await expect(open()).rejects.toThrow(hint);
  });
});
