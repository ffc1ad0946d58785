import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildClientSchema,
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  printSchema,
} from 'graphql';
import { DEMO_PARTNERS, partnerOfClient } from '../gateway/identity/demo-people.js';
import type { Allowance } from '../gateway/limits/bucket.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { newId } from '../subgraphs/common/ids.js';
import { withClient } from '../subgraphs/common/migrate.js';
import { patientId } from '../subgraphs/common/seed.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { type Answer, Person } from './client.js';
import { Forge } from './forge.js';
import { type Credentials, PARTNER_STORY, PartnerStory } from './partner-story.js';
import { until } from './until.js';
import { Wire } from './wire.js';

const contract = buildSchema(readFileSync(join(PROJECT_ROOT, 'schema/partner.graphql'), 'utf8'));
const organisationOf = (name: string) => partnerOfClient(name)?.organisation as string;
/** An organisation that may spend so many points a day. */
const SMALL = { organisation: newId(), quota: 100 };

/** Who of the partners uses which field; `fund` and `funds` are for anybody. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  contribution: ['sponsor', 'merchant'],
  contributions: ['sponsor', 'merchant'],
  pledgeContribution: ['sponsor', 'merchant'],
  sponsorReport: ['sponsor'],
  diagnosesToDecide: ['hospital'],
  decideDiagnosis: ['hospital'],
  shipment: ['carrier'],
  shipments: ['carrier'],
  reportShipmentEvents: ['carrier'],
  reportTemperatures: ['carrier'],
};

/** What is filled in where something is required. */
function filled(type: GraphQLInputType): string {
  if (isNonNullType(type)) return filled(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type))
    return { Int: '2025', Decimal: '"1.00"', DateTime: '"2026-01-01T00:00:00Z"' }[type.name] ?? `"${newId()}"`;
  const fields = Object.values(type.getFields()).filter(isRequiredInputField);
  return `{ ${fields.map((field) => `${field.name}: ${filled(field.type)}`).join(', ')} }`;
}

function call({ name, args }: GraphQLField<unknown, unknown>): string {
  const required = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${filled(arg.type)}`);
  return `${name}${required.length > 0 ? `(${required.join(', ')})` : ''} { __typename }`;
}

const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});

describe.each(WAYS)('partners in %s', (way) => {
  let api: ApiUnderTest;
  let wire: Wire;
  const sql = (text: string, values: unknown[] = []) =>
    withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);

  beforeAll(async () => {
    api = await startApi(way, 'partner_story', {
      PARTNER_QUOTAS: JSON.stringify({ [SMALL.organisation]: SMALL.quota }),
    });
    wire = new Wire(api.url);
  });
  afterAll(() => api?.stop());

  /** A parcel on its way, of an order of the demo's patient. */
  async function parcelOf(carrier: string): Promise<string> {
    const [row] = await sql(
      `with ordered as (
         insert into pharmacy.drug_order (id, number, patient_id, status, placed_at)
         values (uuidv7(), 'RX-2026-' || (700000 + nextval('pharmacy.drug_order_number')), $1, 'SHIPPED', now() - interval '3 days')
         returning id, placed_at)
       insert into pharmacy.shipment (id, order_id, carrier_organisation_id, status, cold_chain, allowance_minutes, shipped_at, created_at)
       select uuidv7(), id, $2, 'IN_TRANSIT', true, 60, placed_at, placed_at from ordered returning id`,
      [patientId(0), carrier],
    );
    return row.id;
  }

  describe.each<Credentials>(['a secret', 'a key'])('that prove themselves by %s', (credentials) => {
    let story: PartnerStory;
    beforeAll(async () => {
      const parcels = { own: await parcelOf(organisationOf('carrier')), anothers: await parcelOf(newId()) };
      story = await PartnerStory.begin(api.person, credentials, parcels);
    });

    test.each(PARTNER_STORY)('$fact', ({ run }) => run(story));

    test.each([
      'sponsor',
      'merchant',
      'hospital',
      'carrier',
    ] as const)('%s is refused all that is another’s', async (name) => {
      const changes = () =>
        sql(
          `select (select count(*) from fund.contribution) + (select count(*) from patient.diagnosis_event)
             + (select count(*) from pharmacy.shipment_event) + (select count(*) from pharmacy.temperature_reading) as count`,
        );
      const isOthers = ({ name: field }: { name: string }) => USERS[field] && !USERS[field].includes(name);
      const before = await changes();
      for (const [operation, type] of [
        ['query', contract.getQueryType()],
        ['mutation', contract.getMutationType()],
      ] as const) {
        const fields = fieldsOf(type).filter(isOthers);
        expect(fields.length).toBeGreaterThan(1);
        const { data, errors } = await story.who(name).ask(`${operation} { ${fields.map(call).join(' ')} }`);
        expect(data).toEqual(Object.fromEntries(fields.map((field) => [field.name, null])));
        const codes = errors.map(({ path, extensions }) => [path?.[0], extensions.code]);
        expect(codes.sort()).toEqual(fields.map((field) => [field.name, 'FORBIDDEN']).sort());
      }
      expect(await changes()).toEqual(before);
    });
  });

  describe('and who comes to which door', () => {
    const FREE = { query: '{ funds(first: 1) { totalCount } }' };
    const send = (path: string, token?: string, body: object = FREE) =>
      wire.send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      });
    const refusal = ({ status, body }: Awaited<ReturnType<typeof send>>) => {
      expect(body.data).toBeUndefined();
      return { status, code: body.errors?.[0]?.extensions.code, message: body.errors?.[0]?.message };
    };

    test.each(DEMO_PARTNERS.map(({ name }) => name))('%s works at its own alone', async (name) => {
      const { token } = await api.person(name);
      expect((await send('/partner/graphql', token)).body.data).toMatchObject({ funds: {} });
      const refused = { status: 403, code: 'FORBIDDEN', message: expect.stringContaining('/partner/graphql') };
      expect(refusal(await send('/graphql', token))).toEqual(refused);
      const headers = { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'yes' };
      const got = await wire.send(`/graphql?query=${encodeURIComponent(FREE.query)}`, { headers });
      expect(refusal(got)).toEqual(refused);
    });

    test.each(['patient', 'physician', 'finance', 'admin'])('%s works at people’s alone', async (name) => {
      const { token } = await api.person(name);
      expect(refusal(await send('/partner/graphql', token))).toEqual({
        status: 403,
        code: 'FORBIDDEN',
        message: expect.stringContaining('works at /graphql'),
      });
      expect((await send('/graphql', token)).status).toBe(200);
    });

    test('nobody is served at the partners’, and is told who would be', async () => {
      for (const body of [FREE, { query: '{ __typename }' }, { query: getIntrospectionQuery() }]) {
        const refused = refusal(await send('/partner/graphql', undefined, body));
        expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
        expect(refused.message).toContain('/graphql');
      }
    });

    test('a token of a person and a partner at once works at neither, nor does a partner’s of no organisation', async () => {
      const forge = new Forge(api);
      const organisation = organisationOf('sponsor');
      for (const claims of [
        { roles: ['PATIENT', 'SPONSOR'], scope: 'patient:self sponsor:report', organisation },
        { roles: ['PATIENT', 'SPONSOR'], scope: 'patient:self sponsor:report' },
        { roles: ['PATIENT'], organisation },
      ]) {
        const token = await forge.signed(claims);
        for (const path of ['/graphql', '/partner/graphql']) {
          const refused = refusal(await send(path, token));
          expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
          expect(refused.message).toContain('one token of each kind');
        }
      }
      const stray = await forge.signed({ sub: 'stray', roles: ['SPONSOR'], scope: 'sponsor:report' });
      expect(refusal(await send('/partner/graphql', stray)).message).toContain('for which organisation');
      expect(refusal(await send('/graphql', stray)).message).toContain('/partner/graphql');
    });

    test('a partner with less than its role may have is refused what is missing, and nothing else', async () => {
      const claims = {
        sub: 'narrow',
        roles: ['SPONSOR'],
        scope: 'sponsor:report',
        organisation: organisationOf('sponsor'),
      };
      const body = { query: '{ contributions { totalCount } funds { totalCount } }' };
      const { status, body: answer } = await send('/partner/graphql', await new Forge(api).signed(claims), body);
      expect([status, answer.data]).toMatchObject([200, { contributions: null, funds: {} }]);
      expect(answer.errors).toMatchObject([{ path: ['contributions'], extensions: { code: 'FORBIDDEN' } }]);
    });
  });

  describe('and what they see of the schema', () => {
    test('is what is published for them', async () => {
      const merchant = await api.person('merchant');
      const { data } = await merchant.ask(getIntrospectionQuery({ specifiedByUrl: true }));
      const shown = buildClientSchema(data);
      for (const type of Object.values(contract.getTypeMap())) {
        const names = (of: typeof type | undefined) =>
          of && 'getFields' in of
            ? Object.keys(of.getFields()).sort()
            : of && 'getTypes' in of
              ? of.getTypes().length
              : of?.name;
        expect([type.name, names(shown.getType(type.name))]).toEqual([type.name, names(type)]);
      }
      expect(Object.keys(shown.getTypeMap()).length).toBe(Object.keys(contract.getTypeMap()).length);
      expect(printSchema(shown)).not.toContain('Patient!');
    });

    test.each([
      ['patient', '{ patient(id: "x") { id } }'],
      ['application', '{ application(id: "x") { id } }'],
      ['order of a shipment', '{ shipments { nodes { order { id } } } }'],
      ['why a parcel was held back', '{ shipments { nodes { quarantineCause } } }'],
      ['medicines of a disease', '{ diagnosesToDecide { nodes { disease { medicines { id } } } } }'],
      ['balance of a fund', '{ funds { nodes { balance { available { amount } } } } }'],
      ['decision of finance', 'mutation { clearContribution(input: {}) { __typename } }'],
      [
        'giver to name',
        `mutation($id: ID!) { pledgeContribution(input: { fundId: $id, organisationId: $id, amount: { amount: "1", currency: CNY }, idempotencyKey: "k" }) { __typename } }`,
      ],
      ['references', '{ _entities(representations: []) { __typename } }'],
    ])('has no %s', async (_, query) => {
      const { data, errors } = await (await api.person('sponsor')).ask(
        query,
        query.includes('$id') ? { id: newId() } : {},
      );
      expect([data, errors[0]?.extensions.code]).toEqual([undefined, 'BAD_USER_INPUT']);
    });
  });

  describe('and their quota', () => {
    const FUNDS = '{ funds(first: 1) { nodes { id } } }';
    const quotaOf = ({ extensions }: Answer) => (extensions as { quota: Allowance }).quota;
    const program = async (sub: string, organisation = SMALL.organisation) => {
      const claims = { sub, roles: ['SPONSOR'], scope: 'sponsor:contribute', organisation };
      return new Person(api.url, await new Forge(api).signed(claims), '/partner/graphql');
    };

    test('is told with every answer, and is that of the organisation, whichever of its programs asks', async () => {
      const answer = await (await program('one')).ask(FUNDS);
      const { requested, limit, remaining, resetAt } = quotaOf(answer);
      expect(answer.headers.get('ratelimit-policy')).toBe('"day";q=100;qu="points";w=86400');
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"day";r=${remaining};t=\\d{1,5}$`));
      expect({ limit, remaining }).toEqual({ limit: SMALL.quota, remaining: SMALL.quota - requested });
      expect(requested).toBeGreaterThan(0);
      // midnight in Shanghai
      expect(resetAt).toMatch(/T16:00:00\.000Z$/);
      expect(quotaOf(await (await program('two')).ask(FUNDS)).remaining).toBe(remaining - requested);
      expect(quotaOf(await (await program('one', newId())).ask(FUNDS)).limit).toBeGreaterThan(SMALL.quota);
    });

    test('is not passed: nothing is done any more until it is there again', async () => {
      const partner = await program('one');
      const { data } = await partner.ask(FUNDS);
      await until(
        () => partner.ask(FUNDS),
        ({ status }) => status === 429,
      );
      const count = () => sql('select count(*)::int as count from fund.contribution');
      const before = await count();
      const refused = await partner.mutate(
        'pledgeContribution',
        { fundId: data.funds.nodes[0].id, amount: { amount: '1.00', currency: 'CNY' } },
        '',
      );
      expect(refused).toMatchObject({ status: 429, data: undefined });
      expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      const untilReset = (Date.parse(quotaOf(refused).resetAt) - Date.now()) / 1_000;
      expect(Math.abs(Number(refused.headers.get('retry-after')) - untilReset)).toBeLessThan(60);
      expect(await count()).toEqual(before);
      expect((await (await program('one', newId())).ask(FUNDS)).status).toBe(200);
    });
  });
});
