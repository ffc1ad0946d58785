import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { spenderOf } from './spender.js';

const from = (address: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: address },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;
const anonymous = (address: string, forwarded?: string, proxies = 0): string =>
  spenderOf(ANONYMOUS, from(address, forwarded), proxies).key;
const person = (subject: string): Identity => ({ subject, roles: ['PATIENT'], scopes: [] });

describe('whoever spends', () => {
  test('is a person wherever they are, and nobody else', () => {
    const key = (subject: string, address: string) => spenderOf(person(subject), from(address), 0).key;
    expect(key('a', '192.0.2.1')).toBe(key('a', '192.0.2.2'));
    expect(new Set([key('a', '192.0.2.1'), key('b', '192.0.2.1'), anonymous('192.0.2.1')]).size).toBe(3);
  });

  test('is an address where nobody is signed in, in whatever form it is written', () => {
    expect(anonymous('192.0.2.1')).not.toBe(anonymous('192.0.2.2'));
    expect(anonymous('::ffff:192.0.2.1')).toBe(anonymous('192.0.2.1'));
  });

  test('is a whole network of IPv6, since one subscriber has all of its addresses', () => {
    const one = anonymous('2001:db8:1:2::1');
    for (const same of ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0DB8:0001:0002::', '2001:db8:1:2:3:4:5:6%eth0'])
      expect(anonymous(same)).toBe(one);
    for (const other of ['2001:db8:1:3::1', '2001:db8:1::2', '::1', '2001:db8::'])
      expect(anonymous(other)).not.toBe(one);
    expect(anonymous('2001:db8::')).toBe(anonymous('2001:db8:0:0:1:2:3:4'));
  });

  test('is not who says so: without a proxy of ours, nobody is believed', () => {
    expect(anonymous('192.0.2.1', '198.51.100.1')).toBe(anonymous('192.0.2.1'));
  });

  test('is whom the outermost proxy of ours has seen, whatever was written there before', () => {
    const seen = anonymous('198.51.100.7');
    expect(anonymous('10.0.0.1', '198.51.100.7', 1)).toBe(seen);
    expect(anonymous('10.0.0.1', '203.0.113.9, 198.51.100.7', 1)).toBe(seen);
    expect(anonymous('10.0.0.1', '203.0.113.9, 198.51.100.7, 10.0.0.2', 2)).toBe(seen);
  });

  test('is the connection where a proxy says nothing that is an address', () => {
    for (const forwarded of [undefined, '', 'unknown', '198.51.100.7, x'])
      expect(anonymous('10.0.0.1', forwarded, 1)).toBe(anonymous('10.0.0.1'));
    expect(anonymous('10.0.0.1', '198.51.100.7', 2)).toBe(anonymous('10.0.0.1'));
  });

  test('is nowhere in clear', () => {
    expect(anonymous('192.0.2.1')).toMatch(/^[\w-]{22}$/);
    expect(spenderOf(person('demo-patient'), from(''), 0).key).not.toContain('demo');
  });
});
