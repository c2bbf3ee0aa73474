import { expect, it } from 'vitest';
import { isPrivateAddress } from '../../../src/alerts/private-address.js';

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'localhost',
])('%s is not a public address', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

it.each(['52.1.2.3', '172.32.0.1', '172.15.255.255', '100.128.0.1', '2600:1f00::1', '::ffff:52.1.2.3'])(
  '%s is one',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);
