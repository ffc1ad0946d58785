/**
 * The shop as one schema over HTTP, as a program: `bare`, by `node:http` and graphql-jit alone, or behind our own door, with all that it
 * looks at.
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { type CompiledQuery, compileQuery } from 'graphql-jit';
import { readTrustedDocuments } from '../../gateway/documents/trusted-documents.js';
import { Editions } from '../../gateway/edition.js';
import { presentableResult } from '../../gateway/errors.js';
import { createGateway } from '../../gateway/gateway.js';
import { Admission } from '../../gateway/http/admission.js';
import { Door } from '../../gateway/http/server.js';
import { loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { API_AUDIENCE, createVerifier } from '../../gateway/identity/verify.js';
import type { KnownOperations } from '../../gateway/known-operations.js';
import { createLimits } from '../../gateway/limits/inspect.js';
import { createMeter } from '../../gateway/limits/meter.js';
import { Pages } from '../../gateway/pages/pages.js';
import { admitPeople } from '../../gateway/partner/partners.js';
import type { Source } from '../../gateway/sources/source.js';
import { heldHere } from '../../gateway/workers/held.js';
import { readSettings } from '../../subgraphs/common/settings.js';
import { shopMonolith, shopSupergraph } from './shop/shop.js';

const schema = shopMonolith();
const compiled = new Map<string, CompiledQuery>();

/** Each text is read, validated and compiled once. */
function compiledOf(query: string): CompiledQuery {
  let known = compiled.get(query);
  if (!known) {
    const document = parse(query);
    if (validate(schema, document).length > 0) throw new Error('The operation does not fit');
    known = compileQuery(schema, document) as CompiledQuery;
    compiled.set(query, known);
  }
  return known;
}

const settings = readSettings();
if (process.argv[2] === 'bare') {
  createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
      const text = JSON.stringify(await compiledOf(query).query(undefined, {}, variables ?? {}));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  }).listen(settings.port, '127.0.0.1', () => console.log('ready'));
} else {
  // everything of the door, and in place of the gateway the same as bare
  const operations: Pick<KnownOperations, 'run' | 'texts'> = {
    run: async ({ query, variables }, context) => {
      const result = await compiledOf(query).query(undefined, {}, variables ?? {});
      return { status: 200, result: presentableResult(result, context) };
    },
    texts: () => [],
  };
  const nobody = (): Source => {
    throw new Error('No subgraph is asked');
  };
  const supergraphSdl = shopSupergraph((name) => `http://localhost/${name}`);
  const sourceOf = () => ({ process: async () => ({ data: {} }) });
  const editions = new Editions(async function* () {
    const joined = await createGateway({ supergraphSdl, sourceOf, production: true, introspection: false });
    const limits = createLimits(joined.schema, settings.limits);
    const documents = readTrustedDocuments(settings, '/graphql');
    const known = operations as KnownOperations;
    yield { path: '/graphql', ...joined, operations: known, limits, documents, admit: admitPeople };
  }, nobody);
  await editions.replace({ api: supergraphSdl });
  const { signingKeys } = await loadOrCreateKeys(join(settings.keysDir, 'issuer'));
  const desk = {
    verifier: createVerifier({
      issuer: `http://localhost:${settings.port}/oidc`,
      audience: API_AUDIENCE,
      jwks: { keys: signingKeys.map(({ d: _, ...key }) => key) },
      clockToleranceSeconds: 30,
    }),
    meter: await createMeter(settings.limits, heldHere(settings.limits)),
    bodyTimeoutMs: settings.limits.bodyTimeoutMs,
    trustedProxies: 0,
    clientNameRequired: false,
    requestLog: settings.requestLog,
  };
  const pages = new Pages({ supergraphs: () => ({ api: supergraphSdl }), production: true });
  const door = new Door(new Admission(settings.maxInFlight), 0);
  door.open({ editions, desk, pages });
  door.http.listen(settings.port, '127.0.0.1', () => console.log('ready'));
}
process.on('SIGTERM', () => process.exit(0));
