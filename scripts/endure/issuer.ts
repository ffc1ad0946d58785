import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IssuerKeys } from '../../gateway/identity/keys.js';
import type { Cleanup } from '../bench/cleanup.js';

/**
 * An OpenID Connect issuer that only tells its keys, for more than one gateway: the embedded one belongs to one alone.
 *
 * @returns its URL
 */
export async function startIssuer({ signingKeys }: IssuerKeys, cleanup: Cleanup): Promise<string> {
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isKeys ? { keys: signingKeys.map(({ d: _, ...open }) => open) } : metadata()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = () => ({ issuer: url, jwks_uri: `${url}/keys` });
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}
