import { randomUUID } from 'node:crypto';
import { type Attack, type AttackClass, holds } from './attack.js';
import type { Reply, Target } from './target.js';

const fundId = async (target: Target): Promise<string> => {
  const { body } = await target.ask('{ funds(first: 1) { nodes { id } } }');
  return body.data.funds.nodes[0].id as string;
};

const pledge = async (target: Target, amount: unknown, more: object = {}): Promise<Reply> =>
  target.mutate(
    'pledgeContribution',
    { fundId: await fundId(target), amount: { amount, currency: 'CNY' }, idempotencyKey: randomUUID(), ...more },
    { as: 'sponsor', path: '/partner/graphql', selection: '... on Contribution { id }' },
  );

const said = ({ body }: Reply): { __typename?: string; code?: string; id?: string } =>
  body.data?.pledgeContribution ?? {};

const refusedAmount = (amount: unknown): Attack => ({
  name: `an amount of ${JSON.stringify(amount)}`,
  run: async (target) => {
    const reply = await pledge(target, amount);
    holds(
      reply.status === 400 || said(reply).code === 'INVALID_INPUT',
      `status ${reply.status}: ${reply.text.slice(0, 160)}`,
    );
  },
});

export const money: AttackClass = {
  name: 'Money and time',
  attacks: [
    ...[
      '0',
      '0.00',
      '-1.00',
      'NaN',
      'Infinity',
      '1e309',
      '1e3',
      '0.001',
      '١',
      '1,000',
      'ten',
      '',
      ' ',
      '0x10',
      `1${'0'.repeat(400)}`,
      1.5,
      null,
      {},
      [],
    ].map(refusedAmount),
    {
      name: 'a currency that is not ours',
      run: async (target) => {
        const reply = await pledge(target, '1.00', { amount: { amount: '1.00', currency: 'USD' } });
        holds(reply.status === 400 || said(reply).code === 'INVALID_INPUT', reply.text.slice(0, 160));
      },
    },
    {
      name: '50 times the same at once: one contribution',
      withinMs: 5_000,
      run: async (target) => {
        const input = { idempotencyKey: randomUUID(), fundId: await fundId(target) };
        const all = await Promise.all(Array.from({ length: 50 }, () => pledge(target, '0.01', input)));
        const ids = new Set(all.map((reply) => said(reply).id));
        holds(ids.size === 1 && !ids.has(undefined), `${ids.size} different answers`);
      },
    },
    {
      name: 'the same key with another amount',
      run: async (target) => {
        const idempotencyKey = randomUUID();
        await pledge(target, '0.01', { idempotencyKey });
        const { code } = said(await pledge(target, '0.02', { idempotencyKey }));
        holds(code === 'IDEMPOTENCY_CONFLICT', `said ${code}`);
      },
    },
    {
      name: 'another partner’s key is its own',
      run: async (target) => {
        const idempotencyKey = randomUUID();
        const mine = said(await pledge(target, '0.01', { idempotencyKey })).id;
        const theirs = await target.mutate(
          'pledgeContribution',
          { fundId: await fundId(target), amount: { amount: '0.01', currency: 'CNY' }, idempotencyKey },
          { as: 'other-sponsor', path: '/partner/graphql', selection: '... on Contribution { id }' },
        );
        holds(said(theirs).id !== undefined && said(theirs).id !== mine, 'one answer for two partners');
      },
    },
    ...['at', 'createdAt', 'occurredAt', 'status', 'organisationId'].map(
      (field): Attack => ({
        name: `${field} sent by the client`,
        run: async (target) => {
          const reply = await pledge(target, '0.01', {
            [field]: field === 'organisationId' ? randomUUID() : '2020-01-01T00:00:00Z',
          });
          holds(
            reply.status === 400 || ['INVALID_INPUT', 'NOT_ALLOWED', 'NOT_FOUND'].includes(String(said(reply).code)),
            reply.text.slice(0, 160),
          );
        },
      }),
    ),
  ],
};
