import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Identity, isSignedIn } from '../../subgraphs/common/identity.js';
import type { Spender } from './limits.js';

/** Who spends: neither subjects nor addresses stand in memory or in Redis in clear. */
export function spenderOf(identity: Identity, request: IncomingMessage, trustedProxies: number): Spender {
  const name = isSignedIn(identity) ? `subject ${identity.subject}` : `address ${addressOf(request, trustedProxies)}`;
  return { key: createHash('sha256').update(name).digest('base64url').slice(0, 22), identity };
}

/** The address that connects, or the one that the outermost of our own proxies has seen. */
function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return direct;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  return forwarded.at(-trustedProxies)?.trim() || direct;
}
