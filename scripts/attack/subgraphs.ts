import { ANONYMOUS, type Identity, ROLE_SCOPES } from '../../subgraphs/common/identity.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import { Signer } from '../../subgraphs/common/signature.js';
import { type Attack, type AttackClass, holds } from './attack.js';
import { MISSING, OWN, type Reply, STRANGER, type Target } from './target.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const PATIENT: Identity = { subject: 'demo-patient', roles: ['PATIENT'], scopes: [...ROLE_SCOPES.PATIENT] };

const reading = (id: string): string =>
  JSON.stringify({ query: 'query($id: ID!) { patient(id: $id) { displayName } }', variables: { id } });
const referring = (representations: readonly object[], selection = '... on Patient { displayName }'): string =>
  JSON.stringify({
    query: `query($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`,
    variables: { representations },
  });

const signed = (target: Target, body: string, identity = PATIENT, { by = 'gateway', to = 'patient' } = {}): string =>
  new Signer(by, String(target.keysDir)).sign(to, body, { identity, locale: Locale.EN, trace: TRACE });

const knock = (target: Target, body: string, token?: string, headers: Record<string, string> = {}): Promise<Reply> =>
  target.send(target.subgraphUrls.patient as string, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Signed ${token}` }), ...headers },
    body,
  });

/** 401 before any resolver runs. */
const unsigned = (
  name: string,
  token: (target: Target, body: string) => string | undefined | Promise<string>,
): Attack => ({
  name,
  run: async (target) => {
    const body = reading(OWN.patient);
    const { status, body: answer } = await knock(target, body, await token(target, body));
    holds(status === 401, `status ${status}`);
    holds(answer.data === undefined, 'something was executed');
  },
});

/** The subgraph gives nothing of it. */
const nothing = (name: string, body: string, identity?: Identity): Attack => ({
  name,
  run: async (target) => {
    const { body: answer } = await knock(target, body, signed(target, body, identity));
    const data = answer.data as Record<string, unknown> | undefined;
    const given = Object.values(data ?? {})
      .flat()
      .filter((value) => value !== null);
    holds(given.length === 0, `gives ${JSON.stringify(given).slice(0, 120)}`);
  },
});

export const subgraphs: AttackClass = {
  name: 'Subgraphs, asked directly',
  attacks: [
    unsigned('without a signature', () => undefined),
    unsigned('with a signature that is none', () => 'x.y.z'),
    unsigned('with a signature for another subgraph', (target, body) => signed(target, body, PATIENT, { to: 'fund' })),
    unsigned('with a signature for other variables', (target) => signed(target, reading(STRANGER.patient))),
    unsigned('with a signature of a subgraph that speaks as the gateway', (target, body) =>
      signed(target, body, PATIENT, { by: 'pharmacy' }),
    ),
    unsigned('with a signature that has been used', async (target, body) => {
      const token = signed(target, body);
      await knock(target, body, token);
      return token;
    }),
    unsigned('with the identity of the system, signed by the gateway', (target, body) =>
      signed(target, body, { ...PATIENT, subject: 'system:patient', system: true }),
    ),
    nothing('a stranger’s patient by reference', referring([{ __typename: 'Patient', id: STRANGER.patient }])),
    nothing('a patient by reference, as nobody', referring([{ __typename: 'Patient', id: OWN.patient }]), ANONYMOUS),
    nothing(
      '2,000 references at once',
      referring(Array.from({ length: 2_000 }, () => ({ __typename: 'Patient', id: OWN.patient }))),
    ),
    nothing(
      '501 references at once',
      referring(Array.from({ length: 501 }, () => ({ __typename: 'Patient', id: OWN.patient }))),
    ),
    nothing('a reference to a type that there is not', referring([{ __typename: 'Secret', id: OWN.patient }])),
    nothing('a reference to a type called __proto__', referring([{ __typename: '__proto__', id: OWN.patient }])),
    nothing('a reference whose id is an object', referring([{ __typename: 'Patient', id: { $ne: '' } }])),
    nothing(
      'a stranger’s patient with forged values beside the id',
      referring([
        {
          __typename: 'Patient',
          id: STRANGER.patient,
          subject: 'demo-patient',
          displayName: 'x',
          ownerId: OWN.patient,
        },
      ]),
    ),
    nothing(
      'a question that only another subgraph may ask',
      JSON.stringify({
        query: `{ verifiedDiagnosis(patientId: "${OWN.patient}", diseaseId: "${MISSING}") { diagnosedOn } }`,
      }),
      { ...PATIENT, scopes: [...PATIENT.scopes, 'service:fund'] },
    ),
    {
      name: 'a trace of federation asked for',
      run: async (target) => {
        const body = reading(OWN.patient);
        const { body: answer } = await knock(target, body, signed(target, body), {
          'apollo-federation-include-trace': 'ftv1',
        });
        holds(answer.extensions === undefined, 'a trace was given');
      },
    },
    {
      name: 'its schema, asked for by another subgraph',
      run: async (target) => {
        const body = JSON.stringify({ query: '{ _service { sdl } }' });
        const token = signed(target, body, { ...PATIENT, via: 'pharmacy' }, { by: 'pharmacy' });
        holds((await knock(target, body, token)).body.data?._service === undefined, 'the schema was told');
      },
    },
    {
      name: 'entities, asked for by another subgraph',
      run: async (target) => {
        const body = referring([{ __typename: 'Patient', id: OWN.patient }]);
        const token = signed(target, body, { ...PATIENT, via: 'pharmacy' }, { by: 'pharmacy' });
        const given = (await knock(target, body, token)).body.data?._entities as unknown[] | undefined;
        holds(!given?.some((each) => each !== null), 'an entity was given');
      },
    },
    {
      name: 'a body of 2 MB',
      run: async (target) => {
        const body = 'x'.repeat(2 * 1024 * 1024);
        const { status } = await knock(target, body).catch(() => ({ status: 413 }));
        holds(status === 413 || status === 401, `status ${status}`);
      },
    },
  ],
};
