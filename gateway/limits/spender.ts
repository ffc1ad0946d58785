import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import type { Spender } from './limits.js';

/** By the identity that the verifier has made of a token, and remembers with it. */
const known = new WeakMap<Identity, Spender>();

/** Who spends: neither subjects nor addresses stand in memory or in Redis in clear. */
export function spenderOf(identity: Identity, request: IncomingMessage, trustedProxies: number): Spender {
  if (!isSignedIn(identity)) return named(`address ${neighbourhoodOf(addressOf(request, trustedProxies))}`, identity);
  let spender = known.get(identity);
  if (!spender) {
    spender = named(`subject ${identity.subject}`, identity);
    known.set(identity, spender);
  }
  return spender;
}

const named = (name: string, identity: Identity): Spender => ({
  key: hash('sha256', name, 'base64url').slice(0, 22),
  identity,
});

/** The address that connects, or the one that the outermost of our own proxies has seen. */
function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return direct;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const seen = forwarded.at(-trustedProxies)?.trim() ?? '';
  return isIP(seen) === 0 ? direct : seen;
}

const IPV4_INSIDE = /^::ffff:(?=\d+\.)/i;
/** Of the eight parts of an IPv6 address, so many name the network: the rest is whatever its owner likes. */
const NETWORK_PARTS = 4;

/** All that one subscriber can call itself: an IPv4 address, or an IPv6 network of 64 bits. */
export function neighbourhoodOf(address: string): string {
  const plain = address.replace(IPV4_INSIDE, '');
  if (!isIPv6(plain)) return plain;
  const [before = '', after] = plain.split('%', 1)[0]?.toLowerCase().split('::') ?? [];
  const parts = (text: string) => (text === '' ? [] : text.split(':'));
  const head = parts(before);
  const tail = after === undefined ? [] : parts(after);
  const left = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...left, ...tail]
    .slice(0, NETWORK_PARTS)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':');
}
