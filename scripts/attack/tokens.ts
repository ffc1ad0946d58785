import { randomUUID } from 'node:crypto';
import { API_AUDIENCE } from '../../gateway/identity/verify.js';
import { Forge, inSeconds, strangersKey } from '../../tests/forge.js';
import { type Attack, type AttackClass, holds, refused } from './attack.js';
import type { Target } from './target.js';

const QUERY = '{ me { roles } }';

const refusedToken = (name: string, token: (forge: Forge, target: Target) => string | Promise<string>): Attack => ({
  name,
  run: async (target) => {
    const forge = new Forge({ keysDir: String(target.keysDir), url: target.url });
    const headers = { authorization: `Bearer ${await token(forge, target)}` };
    const reply = await target.ask(QUERY, {}, { headers });
    refused(reply, { status: 401, code: 'UNAUTHENTICATED', errors: 1 });
    holds(reply.headers.get('www-authenticate') === 'Bearer', 'does not say how to sign in');
  },
});

/** Many key ids that nobody has: none is let in, and the issuer is not asked for each. */
const unknownKeys: Attack = {
  name: 'a flood of 200 tokens with key ids that nobody knows',
  run: async (target) => {
    const forge = new Forge({ keysDir: String(target.keysDir), url: target.url });
    const by = strangersKey();
    for (let i = 0; i < 200; i++) {
      const token = await forge.signed({ jti: randomUUID() }, { by, header: { kid: randomUUID() } });
      refused(await target.ask(QUERY, {}, { headers: { authorization: `Bearer ${token}` } }), { status: 401 });
    }
  },
};

const grant = (form: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams({ grant_type: 'client_credentials', resource: API_AUDIENCE, ...form }).toString(),
});
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});

const noToken = (name: string, init: RequestInit, status: number | readonly number[]): Attack => ({
  name,
  run: async (target) => {
    const reply = await target.send('/oidc/token', init);
    holds([status].flat().includes(reply.status), `status ${reply.status}: ${reply.text.slice(0, 120)}`);
    holds(!reply.text.includes('access_token'), 'a token was given');
  },
});

export const tokens: AttackClass = {
  name: 'Tokens',
  attacks: [
    refusedToken('no signature (alg none)', (forge) => forge.unsigned()),
    refusedToken('signed with the public key as a secret (HS256)', (forge) => forge.signedWithPublicKey()),
    refusedToken('claims changed under a genuine signature', (forge) => forge.changed({ roles: ['ADMIN'] })),
    refusedToken('signed by somebody else', (forge) => forge.signed({}, { by: strangersKey() })),
    refusedToken('for another API', (forge) => forge.signed({ aud: 'https://other.example' })),
    refusedToken('of another issuer', (forge) => forge.signed({ iss: 'https://elsewhere.example' })),
    refusedToken('an ID token', (forge) => forge.signed({}, { header: { typ: 'JWT' } })),
    refusedToken('a token without a type', (forge) => forge.signed({}, { header: { typ: undefined } })),
    refusedToken('that never expires', (forge) => forge.signed({ exp: undefined })),
    refusedToken('expired a minute ago', (forge) => forge.signed({ exp: inSeconds(-60) })),
    refusedToken('not valid for another minute', (forge) => forge.signed({ nbf: inSeconds(60) })),
    refusedToken('a key id that is a path', (forge) =>
      forge.signed({}, { by: strangersKey(), header: { kid: '../../../dev/null' } }),
    ),
    refusedToken('a key id that is SQL', (forge) =>
      forge.signed({}, { by: strangersKey(), header: { kid: "' or '1'='1" } }),
    ),
    refusedToken('that says where its key is (jku)', (forge, { url }) =>
      forge.signed({}, { by: strangersKey(), header: { kid: 'x', jku: `${url}/oidc/jwks` } }),
    ),
    refusedToken('that brings its certificate (x5u)', (forge, { url }) =>
      forge.signed({}, { by: strangersKey(), header: { x5u: `${url}/x` } }),
    ),
    refusedToken('that brings its own key (jwk)', (forge) => {
      const by = strangersKey();
      return forge.signed({}, { by, header: { jwk: by.export({ format: 'jwk' }) } });
    }),
    refusedToken('of nobody', (forge) => forge.signed({ sub: '' })),
    refusedToken('of what the program does by itself', (forge) => forge.signed({ sub: 'system:fund' })),
    refusedToken('roles that are a text', (forge) => forge.signed({ roles: 'ADMIN' })),
    refusedToken('of 100,000 characters', () => `a.${'a'.repeat(12_000)}.a`),
    unknownKeys,
    {
      name: 'roles and scopes of all in a token of a patient, signed by somebody else',
      run: async (target) => {
        const forge = new Forge({ keysDir: String(target.keysDir), url: target.url });
        const token = await forge.signed({ roles: ['ADMIN'], scope: 'catalog:write' }, { by: strangersKey() });
        refused(await target.ask(QUERY, {}, { headers: { authorization: `Bearer ${token}` } }), { status: 401 });
      },
    },
    noToken('a partner with a guessed secret', grant({}, basic('sponsor', 'guess')), 401),
    noToken('a partner without a secret', grant({ client_id: 'sponsor' }), 401),
    noToken(
      'a partner that asks for more than it was granted',
      grant({ scope: 'fund:finance' }, basic('sponsor', 'demo-secret-of-sponsor')),
      [400, 403],
    ),
    noToken(
      'a partner that asks for another API',
      grant({ resource: 'https://elsewhere.example' }, basic('sponsor', 'demo-secret-of-sponsor')),
      400,
    ),
    noToken(
      'a client assertion that is none',
      grant({
        client_id: 'carrier-key',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'a.b.c',
      }),
      [400, 401],
    ),
    {
      name: 'a person at the partners’ door',
      run: async (target) => {
        const reply = await target.ask('{ __typename }', {}, { as: 'patient', path: '/partner/graphql' });
        refused(reply, { status: 403, code: 'FORBIDDEN' });
      },
    },
    {
      name: 'nobody at the partners’ door',
      run: async (target) =>
        refused(await target.ask('{ __typename }', {}, { path: '/partner/graphql' }), {
          status: 401,
          code: 'UNAUTHENTICATED',
        }),
    },
    {
      name: 'a partner at the people’s door',
      run: async (target) =>
        refused(await target.ask('{ me { roles } }', {}, { as: 'carrier' }), { status: 403, code: 'FORBIDDEN' }),
    },
    {
      name: 'a partner that asks for what its schema does not have',
      run: async (target) =>
        refused(
          await target.ask(
            '{ patients { nodes { id } } applications { totalCount } }',
            {},
            { as: 'sponsor', path: '/partner/graphql' },
          ),
          {
            status: 400,
            code: 'BAD_USER_INPUT',
          },
        ),
    },
  ],
};
