import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { person } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';
import {
  carrier,
  otherCarrier,
  type PackedParcel,
  ParcelsUnderTest,
  patient,
  pharmacist,
  type Said,
  stranger,
} from './parcels-under-test.js';

let parcels: ParcelsUnderTest;
let parcel: PackedParcel;
beforeAll(async () => {
  parcels = await ParcelsUnderTest.open(`shipment_access${'ROW_RULES' in globalThis ? '_alone' : ''}`);
  parcel = await parcels.packed();
  await parcels.readings(parcel, ...WARM);
});
afterAll(() => parcels?.stop());

const WARM: readonly Said[] = [40, 60, 90, 120, 150].map((minute): Said => [minute, minute < 60 ? 5 : 9]);
const reviewer = person('demo-reviewer', 'REVIEWER');
const admin = person('demo-admin', 'ADMIN');

const asked = (who: Identity, query: string) => parcels.api.execute('pharmacy', who, query);
const code = async (who: Identity, query: string) => (await asked(who, query)).errors?.[0].extensions.code;
const one = (selection: string) => `{ shipment(id: "${parcel.id}") { ${selection} } }`;

describe('a parcel', () => {
  test('is seen by its carrier, the family and pharmacists, and by nobody else', async () => {
    for (const who of [carrier, patient, pharmacist]) {
      expect((await asked(who, one('id status temperatures { count } events { kind }'))).data.shipment).toEqual({
        ...{ id: parcel.id, status: 'QUARANTINED', temperatures: { count: 5 }, events: [] },
      });
    }
    for (const who of [otherCarrier, stranger]) expect((await asked(who, one('id'))).data).toEqual({ shipment: null });
    for (const who of [ANONYMOUS, reviewer, admin]) expect(await code(who, one('id'))).toBe('FORBIDDEN');
    const found = await asked(otherCarrier, '{ shipments { nodes { id } totalCount } }');
    expect(found.data.shipments).toEqual({ nodes: [], totalCount: 0 });
  });

  test('leads its carrier neither to the order, nor to why it is held back, nor to what was decided', async () => {
    for (const selection of ['order { id }', 'quarantineCause', 'decision', 'decisionReason']) {
      expect(await code(carrier, one(selection))).toBe('FORBIDDEN');
    }
    expect((await asked(carrier, one('allowedActions'))).data.shipment).toEqual({ allowedActions: [] });
    expect(await code(carrier, '{ quarantinedShipments { totalCount } }')).toBe('FORBIDDEN');
    const ofType = (type: string, id: string) =>
      `{ _entities(representations: [{ __typename: "${type}", id: "${id}" }]) { __typename ... on ${type} { id } } }`;
    expect(await code(carrier, ofType('DrugOrder', parcel.orderId))).toBe('FORBIDDEN');
    expect((await asked(otherCarrier, ofType('Shipment', parcel.id))).data._entities).toEqual([null]);
  });

  test('is reported on by its carrier alone, and to another it does not exist', async () => {
    const refused = { accepted: 0, refused: [{ problem: 'UNKNOWN_SHIPMENT' }] };
    expect(await parcels.temperatures([{ parcel, said: [[200, 25]] }], otherCarrier)).toMatchObject(refused);
    expect(await parcels.events([{ parcel, kind: 'DELIVERED', minute: 200 }], otherCarrier)).toMatchObject(refused);
    expect(await parcels.states(parcel)).toEqual(['SHIPPED', 'QUARANTINED']);
    const input = `input: { logs: [{ shipmentId: "${parcel.id}", startedAt: "2026-01-01T00:00:00Z", seconds: [1], celsius: [5] }] }`;
    const mutation = `mutation { reportTemperatures(${input}) { __typename } }`;
    for (const who of [patient, pharmacist, admin]) expect(await code(who, mutation)).toBe('FORBIDDEN');
  });

  test('is decided about by a pharmacist alone, and not by the one it is for', async () => {
    const own = await parcels.packed({ patientSubject: pharmacist.subject });
    await parcels.temperatures([{ parcel: own, said: WARM }]);
    const refused = await parcels.attempt(own, 'RELEASE');
    expect(refused.data?.decideQuarantine?.__typename ?? refused.errors[0].extensions.code).toMatch(
      /NotAllowed|FORBIDDEN/,
    );
    expect((await parcels.states(own))[1]).toBe('QUARANTINED');
    for (const who of [patient, carrier]) {
      const { errors } = await parcels.attempt(parcel, 'RELEASE', {}, who);
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });

  test('that a pharmacist reads stands in the access log of the patient, and what its carrier reads does not', async () => {
    const seen = await parcels.packed();
    const readers = async () => {
      const { rows } = await parcels.admin.query(
        'select subject, role, record, purpose from pharmacy.access_log where record_id = $1',
        [seen.id],
      );
      return rows;
    };
    for (const who of [carrier, patient]) await parcels.shipment(who, seen, 'status');
    expect(await readers()).toEqual([]);
    await parcels.shipment(pharmacist, seen, 'status');
    expect(await readers()).toEqual([
      { subject: pharmacist.subject, role: 'PHARMACIST', record: 'Shipment', purpose: 'PHARMACY' },
    ]);
  });
});

describe('the database alone', () => {
  const as = async ({ subject, roles, organisation }: Identity): Promise<Client> => {
    const client = await parcels.api.serving('pharmacy');
    await client.query(
      `select set_config('app.subject', $1, false), set_config('app.roles', $2, false), set_config('app.organisation', $3, false)`,
      [subject, roles.join(','), organisation ?? ''],
    );
    return client;
  };
  const count = async (client: Client, from: string) =>
    (await client.query(`select count(*)::int as count from ${from}`)).rows[0].count;
  const record = `select record_readings(0, array['ID']::uuid[], array[1], array[1], array[1], array[1]::bigint[], array[500]::smallint[])`;

  test('shows a carrier its parcels with what it reported, no order, line, payment, lot or notice', async () => {
    const client = await as(carrier);
    for (const table of ['drug_order', 'drug_order_line', 'payment', 'stock_lot', 'stock_movement', 'notice']) {
      expect([table, await count(client, table)]).toEqual([table, 0]);
    }
    expect(await count(client, `temperature_reading where shipment_id = '${parcel.id}'`)).toBe(5);
    expect(await count(client, `shipment where carrier_organisation_id <> '${carrier.organisation}'`)).toBe(0);
    expect(await count(await as(otherCarrier), 'temperature_reading')).toBe(0);
    expect(await count(await as(stranger), `temperature_reading where shipment_id = '${parcel.id}'`)).toBe(0);
    expect(await count(await as(patient), `temperature_reading where shipment_id = '${parcel.id}'`)).toBe(5);
  });

  test('takes readings and events from the carrier of the parcel alone, and never changes or forgets them', async () => {
    const reading = record.replace('ID', parcel.id);
    for (const who of [otherCarrier, patient, pharmacist]) {
      const client = await as(who);
      await expect(client.query(reading)).rejects.toThrow('no such parcel');
      const event = `insert into shipment_event (shipment_id, kind, at) values ('${parcel.id}', 'DELIVERED', now())`;
      await expect(client.query(event)).rejects.toThrow('row-level security');
      expect((await client.query('select from lock_carried($1)', [[parcel.id]])).rowCount).toBe(0);
    }
    const client = await as(carrier);
    for (const denied of [
      `insert into temperature_reading (shipment_id, at, centi) values ('${parcel.id}', now(), 500)`,
      'update temperature_reading set centi = 500',
      'delete from temperature_reading',
      'update shipment_event set at = now()',
      'delete from shipment_event',
      'delete from shipment',
    ]) {
      await expect(client.query(denied)).rejects.toThrow('permission denied');
    }
  });

  test('lets the carrier and pharmacists move a parcel, and nobody who only waits for it', async () => {
    const change = `update shipment set tracking_number = 'T-2' where id = '${parcel.id}'`;
    const changed = async (who: Identity) => (await (await as(who)).query(change)).rowCount;
    expect([await changed(patient), await changed(stranger), await changed(otherCarrier)]).toEqual([0, 0, 0]);
    expect([await changed(carrier), await changed(pharmacist)]).toEqual([1, 1]);
    const give = `update shipment set carrier_organisation_id = '${otherCarrier.organisation}' where id = '${parcel.id}'`;
    await expect((await as(carrier)).query(give)).rejects.toThrow('row-level security');
  });
});
