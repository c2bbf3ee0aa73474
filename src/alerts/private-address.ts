import { BlockList, isIP } from 'node:net';

/** Addresses that are not on the public internet: loopback, private, link-local (cloud metadata too), reserved. */
const NOT_PUBLIC = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  NOT_PUBLIC.addSubnet(address, prefix, 'ipv4');

/** Global unicast; everything else is loopback, link-local, unique local, multicast, or a form of an IPv4 address. */
const PUBLIC_IPV6 = new BlockList();
PUBLIC_IPV6.addSubnet('2000::', 3, 'ipv6');
/** Within it: 6to4 and Teredo carry IPv4 addresses, and 2001:db8:: is for documentation. */
const NOT_PUBLIC_IPV6 = new BlockList();
for (const [address, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  NOT_PUBLIC_IPV6.addSubnet(address, prefix, 'ipv6');

const MAPPED = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/i;

/** What is no IP address at all counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return NOT_PUBLIC.check(address, 'ipv4');
  if (family !== 6) return true;
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped !== undefined) return NOT_PUBLIC.check(mapped, 'ipv4');
  return !PUBLIC_IPV6.check(address, 'ipv6') || NOT_PUBLIC_IPV6.check(address, 'ipv6');
}
