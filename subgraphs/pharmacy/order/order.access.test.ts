import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { type Answer, person } from '../../../tests/subgraphs.js';
import { type Identity, ROLE_SCOPES, type Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { type BuyerUnderTest, CARRIER_ID, OrdersUnderTest, PHARMACIST } from './orders-under-test.js';

let under: OrdersUnderTest;
let buyer: BuyerUnderTest;
let room: string;
beforeAll(async () => {
  under = await OrdersUnderTest.open(`orders_access_${(globalThis as { ROW_RULES?: string }).ROW_RULES ?? 'on'}`);
  ({ room } = under.medicines);
});
afterAll(() => under?.api.stop());
beforeEach(async () => {
  await under.emptyShelves();
  await under.stocked(room, 'A', 10);
  buyer = await under.buyer();
});

const placed = async (): Promise<Answer> => under.place(buyer, [await under.line(buyer, room)]);
const paid = async () => under.paid(await placed());

/** Somebody with a patient's sign-in who is something else, too. */
const also = (subject: string, ...roles: Role[]): Identity => ({
  subject,
  roles,
  scopes: [...new Set(roles.flatMap((role) => ROLE_SCOPES[role]))],
});

/** Whether it was refused: by a service as a failure, by a scope or the database as an error. */
async function refused(who: Identity, mutation: string, input: object): Promise<boolean> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { data, errors } = await under.api.execute(
    'pharmacy',
    who,
    `mutation ($input: ${type}!) { it: ${mutation}(input: $input) { __typename } }`,
    { input: { idempotencyKey: newId(), ...input } },
  );
  if (errors) return errors.every(({ extensions }: Answer) => extensions.code === 'FORBIDDEN');
  return ['NotFound', 'NotAllowed'].includes(data.it.__typename);
}

const steps = (order: Answer): readonly (readonly [string, object])[] => {
  const input = { orderId: order.id, expectedVersion: order.version };
  return [
    ['dispenseDrugOrder', input],
    ['shipDrugOrder', { ...input, carrierOrganisationId: CARRIER_ID, trackingNumber: 'SF-1' }],
    ['returnDrugOrder', { ...input, reason: 'Test' }],
    ['cancelDrugOrder', { ...input, reason: 'Test' }],
  ];
};

describe('what is done with an order', () => {
  test('is done neither by strangers nor by whose work it is not, whatever state it is in', async () => {
    const others: readonly Identity[] = [
      person('demo-other-patient', 'PATIENT'),
      person('demo-caregiver', 'CAREGIVER'),
      person('demo-physician', 'PHYSICIAN'),
      person('demo-reviewer', 'REVIEWER'),
      person('demo-finance', 'FINANCE'),
      person('demo-admin', 'ADMIN'),
      person('demo-carrier', 'CARRIER', CARRIER_ID),
    ];
    const order = await paid();
    await under.dispense(order);
    const states = [await paid(), await under.ship(order)];
    for (const state of states) {
      for (const who of others) {
        for (const [mutation, input] of steps(state)) {
          expect([who.subject, mutation, await refused(who, mutation, input)]).toEqual([who.subject, mutation, true]);
        }
      }
      expect(await under.read(PHARMACIST, state.id)).toMatchObject({ status: state.status, version: state.version });
    }
  });

  test('a pharmacist does not for themselves: others pack, send and take it back', async () => {
    const myself = also(buyer.who.subject, 'PATIENT', 'PHARMACIST');
    const order = await paid();
    const [dispense, ship, takeBack] = steps(order) as [[string, object], [string, object], [string, object]];
    expect(await refused(myself, ...dispense)).toBe(true);
    const packed = await under.dispense(order);
    expect(await refused(myself, ship[0], { ...ship[1], expectedVersion: packed.version })).toBe(true);
    const sent = await under.ship(order);
    expect(await refused(myself, takeBack[0], { ...takeBack[1], expectedVersion: sent.version })).toBe(true);
    expect(await under.read(myself, order.id)).toMatchObject({
      status: 'SHIPPED',
      allowedActions: ['LINK_TO_APPLICATION'],
    });
  });

  test('a pharmacist does not for a child they care for', async () => {
    const { rows } = await under.api.admin.query<{ id: string }>(
      `select patient_id as id from patient.care_relationship where caregiver_subject = 'demo-caregiver' and revoked_at is null limit 1`,
    );
    const child = { id: rows[0]?.id as string, who: person('demo-caregiver', 'CAREGIVER') };
    const order = await under.paid(await under.place(child, [await under.line(child, room)]));
    const parent = also('demo-caregiver', 'CAREGIVER', 'PHARMACIST');
    const input = { orderId: order.id, expectedVersion: order.version };
    expect(await refused(parent, 'dispenseDrugOrder', input)).toBe(true);
    expect((await under.dispense(order)).status).toBe('DISPENSED');
  });

  test('nobody sees where an order goes but pharmacists', async () => {
    const order = await paid();
    for (const who of [buyer.who, person('demo-reviewer', 'REVIEWER'), person('demo-carrier', 'CARRIER', CARRIER_ID)]) {
      const { data } = await under.api.execute(
        'pharmacy',
        who,
        'query ($id: ID!) { drugOrder(id: $id) { delivery { name phone address } } }',
        { id: order.id },
      );
      expect(data?.drugOrder?.delivery ?? null).toBeNull();
    }
  });
});

describe('the database alone', () => {
  /** A connection of the serving role as somebody; undone when the test ends. */
  const as = async (subject: string, role: Role, work: (client: Client) => Promise<void>) => {
    const client = await under.api.serving('pharmacy');
    await client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
      subject,
      role,
    ]);
    await client.query('begin');
    await work(client);
    await client.query('rollback');
  };
  const changes = async (client: Client, text: string, values: unknown[]) => {
    await client.query('savepoint before');
    try {
      return (await client.query(text, values)).rowCount;
    } catch (error) {
      await client.query('rollback to before');
      return (error as Error).message;
    }
  };
  const MOVE =
    'update drug_order set status = $2, cancelled_at = case when $2 = $$CANCELLED$$ then now() end where id = $1';

  test('lets the patient cancel and nothing else of what moves an order', async () => {
    const { id } = await paid();
    await as(buyer.who.subject, 'PATIENT', async (client) => {
      for (const status of ['DISPENSED', 'SHIPPED', 'DELIVERED', 'RETURNED']) {
        expect(await changes(client, MOVE, [id, status])).toContain('may not move this order');
      }
      expect(await changes(client, `update drug_order_line set lot = 'MINE' where order_id = $1`, [id])).toBe(0);
      expect(await changes(client, MOVE, [id, 'CANCELLED'])).toBe(1);
    });
    await as(buyer.who.subject, 'PATIENT', async (client) => {
      expect(await changes(client, MOVE, [(await placed()).id, 'PAID'])).toContain('may not move this order');
    });
  });

  test('lets a pharmacist take one step after the other, never say that it was paid or delivered, and not for themselves', async () => {
    const { id } = await placed();
    await as('demo-pharmacist', 'PHARMACIST', async (client) => {
      for (const status of ['PAID', 'DISPENSED', 'SHIPPED', 'DELIVERED', 'RETURNED']) {
        expect(await changes(client, MOVE, [id, status])).toContain('may not move this order');
      }
    });
    await under.paid({ id });
    await as('demo-pharmacist', 'PHARMACIST', async (client) => {
      expect(await changes(client, MOVE, [id, 'SHIPPED'])).toContain('may not move this order');
      expect(await changes(client, MOVE, [id, 'DISPENSED'])).toBe(1);
      expect(await changes(client, MOVE, [id, 'SHIPPED'])).toBe(1);
      expect(await changes(client, MOVE, [id, 'DELIVERED'])).toContain('may not move this order');
      expect(await changes(client, MOVE, [id, 'RETURNED'])).toBe(1);
      expect(await changes(client, MOVE, [id, 'PAID'])).toContain('may not move this order');
    });
    await as(buyer.who.subject, 'PHARMACIST', async (client) => {
      expect(await changes(client, MOVE, [id, 'DISPENSED'])).toContain('may not move this order');
    });
  });

  test('takes no new order that is paid already, for somebody else, or without a prescription', async () => {
    const order = (status: string, patient: BuyerUnderTest) => [newId(), status, patient.id, patient.who.subject];
    const ORDER = `insert into drug_order (id, number, status, patient_id, patient_subject, placed_at)
      values ($1::uuid, 'RX-2026-9' || (random() * 1e9)::int + 100000, $2, $3, $4, now())`;
    const LINE = `insert into drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen, prescription_id)
      values (gen_random_uuid(), $1, $2, 1, 100, $3)`;
    const [stranger, prescription] = [await under.buyer(), await under.prescribed(buyer, room)];
    await as(buyer.who.subject, 'PATIENT', async (client) => {
      expect(await changes(client, ORDER, order('PAID', buyer))).toContain('row-level security');
      expect(await changes(client, ORDER, order('PLACED', stranger))).toContain('row-level security');
      const mine = order('PLACED', buyer);
      expect(await changes(client, ORDER, mine)).toBe(1);
      expect(await changes(client, LINE, [mine[0], room, null])).toContain('row-level security');
      expect(await changes(client, LINE, [mine[0], room, prescription])).toBe(1);
    });
  });

  test('lets a reviewer see an order of theirs and change nothing of it', async () => {
    const { id } = await placed();
    const applicationId = newId();
    await under.api.admin.query('update pharmacy.drug_order set application_id = $2 where id = $1', [
      id,
      applicationId,
    ]);
    await as('demo-reviewer', 'REVIEWER', async (client) => {
      await client.query(`select set_config('app.applications', $1, false)`, [applicationId]);
      expect((await client.query('select from drug_order where id = $1', [id])).rowCount).toBe(1);
      expect(await changes(client, `update drug_order set cancel_reason = 'mine' where id = $1`, [id])).toBe(0);
    });
  });
});
