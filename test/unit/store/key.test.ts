import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareUtf8, InvalidKeyError, validateKey, validatePrefix } from '../../../src/store/key.js';

const anyString = fc.string({ unit: 'binary', maxLength: 12 });

describe('compareUtf8', () => {
  it('orders as the UTF-8 bytes do, emoji and U+FFEE included', () => {
    fc.assert(
      fc.property(anyString, anyString, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 2000 },
    );
    expect(compareUtf8('\uffee', '😀')).toBeLessThan(0);
  });
});

describe('validateKey', () => {
  const odd = fc.constantFrom(
    '',
    '.',
    '..',
    '...',
    'a',
    ' ',
    '\0',
    '\\',
    '%2e%2e',
    '..a',
    'a..',
    '\ud800',
    '한글',
  );

  it('lets no key through that a path or a server could understand as another', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(odd, anyString), { minLength: 1, maxLength: 6 }), (segments) => {
        const key = segments.join('/');
        try {
          validateKey(key);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidKeyError);
          return;
        }
        // What passes resolves to itself below any root.
        expect(new URL(`http://host/root/${key.split('/').map(encodeURIComponent).join('/')}`).pathname).toBe(
          `/root/${key.split('/').map(encodeURIComponent).join('/')}`,
        );
        expect(key).not.toMatch(/\0|^\/|\/$|\/\//);
        expect(Buffer.from(key).toString()).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes every prefix of a key as a prefix, unless it ends in a dot segment', () => {
    for (const prefix of ['', 'a', 'a/', 'a/b', 'a/b/', 'a/.b']) validatePrefix(prefix);
    for (const prefix of ['/', '..', 'a/../', 'a//b', './'])
      expect(() => validatePrefix(prefix)).toThrow(InvalidKeyError);
  });
});
