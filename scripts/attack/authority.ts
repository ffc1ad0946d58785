import { randomUUID } from 'node:crypto';
import { type Attack, type AttackClass, holds, refused, same } from './attack.js';
import { MISSING, OWN, type Reply, STRANGER, type Target } from './target.js';

/** An answer without what differs between two requests in any case: the trace, the cost, and the id that was asked for. */
const comparable = (reply: Reply, id: string): unknown =>
  JSON.parse(
    JSON.stringify({ status: reply.status, data: reply.body.data, errors: reply.body.errors }, (key, value: unknown) =>
      key === 'traceId' ? undefined : typeof value === 'string' ? value.replaceAll(id, 'ID') : value,
    ),
  );

/** A stranger's record and one that there is not get the same answer. */
const alike = (
  name: string,
  ask: (target: Target, id: string) => Promise<Reply>,
  strangers: (target: Target) => string | Promise<string>,
): Attack => ({
  name,
  run: async (target) => {
    const id = await strangers(target);
    const [theirs, none] = [await ask(target, id), await ask(target, MISSING)];
    same(comparable(theirs, id), comparable(none, MISSING), 'a stranger’s record differs from none');
  },
});

/** The first of the other patient's records of a kind. */
const othersFirst =
  (list: string) =>
  async (target: Target): Promise<string> => {
    const { body } = await target.ask(`{ ${list}(first: 1) { nodes { id } } }`, {}, { as: 'other-patient' });
    return (body.data?.[list]?.nodes?.[0]?.id as string | undefined) ?? MISSING;
  };
const strangersPatient = () => STRANGER.patient;
const strangersApplication = () => STRANGER.application;

const looks = (query: string) => (target: Target, id: string) => target.ask(query, { id }, { as: 'patient' });
const does =
  (mutation: string, input: (id: string) => object) =>
  (target: Target, id: string): Promise<Reply> =>
    target.mutate(mutation, { idempotencyKey: randomUUID(), ...input(id) }, { as: 'patient' });

const harmless = (name: string, query: string, variables: unknown): Attack => ({
  name,
  run: async (target) => {
    const { status } = await target.ask(query, variables, { as: 'patient' });
    holds(status === 200 || status === 400, `status ${status}`);
  },
});

const HTML = '<img src=x onerror=alert(1)> <script>alert(1)</script> [x](javascript:alert(1)) \u202Eevil\u202C';

export const authority: AttackClass = {
  name: 'Authority',
  attacks: [
    alike(
      'a stranger’s application',
      looks('query($id: ID!) { application(id: $id) { id number } }'),
      strangersApplication,
    ),
    alike(
      'a stranger’s application through an alias and a fragment',
      looks(
        'query($id: ID!) { x: application(id: $id) { ...F } } fragment F on Application { patient { displayName } drugOrders { id } }',
      ),
      strangersApplication,
    ),
    alike(
      'a stranger’s patient',
      looks('query($id: ID!) { patient(id: $id) { displayName annualAid { remaining { amount } } } }'),
      strangersPatient,
    ),
    alike(
      'a stranger’s identity',
      looks('query($id: ID!) { patientIdentity(patientId: $id) { __typename } }'),
      strangersPatient,
    ),
    alike(
      'a stranger’s order',
      looks('query($id: ID!) { drugOrder(id: $id) { number application { patient { displayName } } } }'),
      othersFirst('drugOrders'),
    ),
    alike(
      'a stranger’s prescription',
      looks('query($id: ID!) { prescription(id: $id) { number patient { displayName } } }'),
      othersFirst('prescriptions'),
    ),
    alike(
      'a stranger’s claim',
      looks('query($id: ID!) { claim(id: $id) { id maskedPatientName } }'),
      othersFirst('claims'),
    ),
    alike(
      'a stranger’s draft through the interface',
      looks('query($id: ID!) { post(id: $id) { ... on Story { title } ... on Question { title } } }'),
      othersFirst('myPosts'),
    ),
    alike(
      'the list of a stranger’s applications, and how many',
      looks('query($id: ID!) { applications(filter: { patientId: $id }) { totalCount nodes { id } } }'),
      strangersPatient,
    ),
    alike(
      'submitting a stranger’s application',
      does('submitApplication', (id) => ({ applicationId: id, expectedVersion: 1 })),
      strangersApplication,
    ),
    alike(
      'withdrawing a stranger’s application',
      does('withdrawApplication', (id) => ({ applicationId: id, expectedVersion: 1 })),
      strangersApplication,
    ),
    alike(
      'agreeing for a stranger',
      does('giveConsent', (id) => ({ patientId: id, purpose: 'TREATMENT', textNumber: 1 })),
      strangersPatient,
    ),
    alike(
      'ordering for a stranger',
      does('placeDrugOrder', (id) => ({ patientId: id, lines: [{ medicineId: MISSING, quantity: 1 }] })),
      strangersPatient,
    ),
    alike(
      'reviewing without being a reviewer',
      does('decideReview', (id) => ({ applicationId: id, expectedVersion: 1, decision: 'APPROVE', reason: 'Mine.' })),
      strangersApplication,
    ),
    {
      name: 'a list counts no more than it shows',
      run: async (target) => {
        const { body } = await target.ask(
          '{ applications(first: 100) { totalCount nodes { id patient { id } } } }',
          {},
          { as: 'patient' },
        );
        const { totalCount, nodes } = body.data.applications as {
          totalCount: number;
          nodes: { patient: { id: string } }[];
        };
        holds(
          totalCount === nodes.length && nodes.every(({ patient }) => patient.id === OWN.patient),
          'counts or shows others’',
        );
      },
    },
    {
      name: 'a filter by a field that is hidden',
      run: async (target) => {
        const reply = await target.ask(
          '{ applications(filter: { nationalId: "110101" }) { totalCount } }',
          {},
          { as: 'patient' },
        );
        refused(reply, { status: 400, code: 'BAD_USER_INPUT' });
      },
    },
    {
      name: 'a report in which a sponsor looks for somebody',
      run: async (target) => {
        const asks = (query: string, variables = {}) =>
          target.ask(query, variables, { as: 'sponsor', path: '/partner/graphql' });
        const funds = await asks('{ funds(first: 1) { nodes { id } } }');
        const fundId = funds.body.data?.funds.nodes[0].id as string;
        const query =
          'query($fundId: ID!, $year: Int!) { sponsorReport(fundId: $fundId, year: $year) { months { applicants approved } } }';
        const { body } = await asks(query, { fundId, year: 2026 });
        const months = body.data?.sponsorReport.months as { applicants: number | null; approved: number | null }[];
        const small = months
          .flatMap(({ applicants, approved }) => [applicants, approved])
          .filter((n) => n !== null && n > 0 && n < 11);
        holds(small.length === 0, `groups of ${small.join()}`);
      },
    },
    {
      name: 'two finance officers clear a contribution at once: one does',
      run: async (target) => {
        const fund = await target.ask('{ funds(first: 1) { nodes { id } } }', {}, { as: 'finance' });
        const fundId = fund.body.data.funds.nodes[0].id as string;
        const input = {
          fundId,
          amount: { amount: '0.01', currency: 'CNY' },
          source: 'PUBLIC',
          idempotencyKey: randomUUID(),
        };
        const made = await target.mutate('pledgeContribution', input, {
          as: 'finance',
          selection: '... on Contribution { id version }',
        });
        const { id, version } = made.body.data.pledgeContribution as { id: string; version: number };
        const clears = (as: string) =>
          target.mutate(
            'clearContribution',
            { contributionId: id, expectedVersion: version, idempotencyKey: randomUUID() },
            { as },
          );
        const both = await Promise.all([clears('finance'), clears('second-finance')]);
        const done = both.filter(({ body }) => body.data?.clearContribution?.__typename === 'Contribution');
        holds(done.length === 1, `${done.length} of two cleared it`);
      },
      withinMs: 1_000,
    },
    harmless('SQL in a search', 'query($t: String) { diseases(search: $t) { totalCount } }', {
      t: "'; drop table catalog.disease; --",
    }),
    harmless('SQL in a search of the community', 'query($t: String) { posts(filter: { search: $t }) { totalCount } }', {
      t: "%' or 1=1 --",
    }),
    harmless('wildcards of LIKE in a search', 'query($t: String) { posts(filter: { search: $t }) { totalCount } }', {
      t: '%_%_%_%_%_%_%',
    }),
    harmless('SQL in an id', 'query($id: ID!) { patient(id: $id) { id } }', { id: "' or 1=1 --" }),
    harmless('SQL in a cursor', 'query($a: ID) { diseases(after: $a) { totalCount } }', { a: "' or 1=1 --" }),
    harmless(
      'a regular expression that takes for ever, in a search',
      'query($t: String) { diseases(search: $t) { totalCount } }',
      { t: '(a+)+$'.repeat(16) },
    ),
    {
      name: 'an operator of a database in place of an id',
      run: async (target) =>
        refused(
          await target.ask('query($id: ID!) { patient(id: $id) { id } }', { id: { $ne: '' } }, { as: 'patient' }),
          {
            status: 400,
            code: 'BAD_USER_INPUT',
          },
        ),
    },
    {
      name: 'an order by what is not offered',
      run: async (target) =>
        refused(await target.ask('{ posts(order: "member_id; drop table x") { totalCount } }', {}, { as: 'patient' }), {
          status: 400,
          code: 'BAD_USER_INPUT',
        }),
    },
    {
      name: 'an address that the server would fetch',
      run: async (target) => {
        const { body } = await target.ask('{ __schema { types { inputFields { name } fields { args { name } } } } }');
        const types = (body.data?.__schema.types ?? []) as {
          inputFields?: { name: string }[];
          fields?: { args: { name: string }[] }[];
        }[];
        const names = types.flatMap(({ inputFields, fields }) => [
          ...(inputFields ?? []),
          ...(fields ?? []).flatMap(({ args }) => args),
        ]);
        const taken = names.filter(({ name }) => /ur[il]$|href|webhook|callback/i.test(name));
        holds(names.length > 0 && taken.length === 0, `takes ${taken.map(({ name }) => name).join()}`);
      },
    },
    ...['x', '../../keys/fund.private.pem', 'a'.repeat(4_000), '%00'].map(
      (secret): Attack => ({
        name: `a link to a document that nobody has given (${secret.slice(0, 12)})`,
        run: async (target) => {
          const { status } = await target.send(`/documents/${secret}`);
          holds(status >= 400 && status < 500, `status ${status}`);
        },
      }),
    ),
    {
      name: 'HTML, scripts and text that turns its direction, stored',
      run: async (target) => {
        const disease = await target.ask('{ disease(catalogNo: 31) { id } }');
        const input = {
          idempotencyKey: randomUUID(),
          diseaseId: disease.body.data.disease.id as string,
          title: HTML,
          body: HTML,
          kind: 'STORY',
        };
        const { body } = await target.mutate('saveDraft', input, {
          as: 'other-patient',
          selection: '... on SavedDraft { draft { bodyHtml ... on Story { title } } }',
        });
        const { bodyHtml, title } = body.data.saveDraft.draft as { bodyHtml: string; title: string };
        holds(!/<(img|script)|href="javascript:/i.test(bodyHtml), `HTML lives: ${bodyHtml.slice(0, 160)}`);
        holds(!/[\u202A-\u202E]/.test(bodyHtml + title), 'direction can be turned');
      },
    },
    {
      name: 'guessing by aliases: each guess counts',
      run: async (target) => {
        const guess = (i: number) =>
          `g${i}: acceptCareInvitation(input: { code: "AAAAAAAAAAAAAA${'ABCDEFGHJKMNPQR'[i]}", label: "X", idempotencyKey: "${randomUUID()}" }) { __typename ... on UserError { code } }`;
        const guesses = (from: number) =>
          target.ask(
            `mutation { ${[0, 1, 2, 3, 4].map((i) => guess(from + i)).join(' ')} }`,
            {},
            { as: 'other-patient' },
          );
        const replies = [await guesses(0), await guesses(5), await guesses(10)];
        const codes = replies.flatMap(({ body }) =>
          Object.values((body.data ?? {}) as Record<string, { code?: string }>).map(({ code }) => code),
        );
        holds(codes.at(-1) === 'TOO_MANY_ATTEMPTS' && !codes.includes(undefined), `said ${codes.join()}`);
      },
      withinMs: 1_000,
    },
  ],
};
