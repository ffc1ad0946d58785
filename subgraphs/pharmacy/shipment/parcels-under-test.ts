import { expect } from '@jest/globals';
import type { Client } from 'pg';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { type Identity, systemIdentity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

export const HOUR = 3_600_000;
export const MINUTE = 60_000;

export const pharmacist = person('parcel-pharmacist', 'PHARMACIST');
export const patient = person('parcel-patient', 'PATIENT');
export const stranger = person('demo-other-patient', 'PATIENT');
const [ORGANISATION, OTHER] = [newId(), newId()] as const;
export const carrier = person('parcel-carrier', 'CARRIER', ORGANISATION);
export const otherCarrier = person('other-parcel-carrier', 'CARRIER', OTHER);
export const system = systemIdentity('pharmacy');

/** A parcel with its order, as the database keeps them. */
export interface PackedParcel {
  readonly id: string;
  readonly orderId: string;
  readonly lotId: string;
}

/** A reading as a carrier has it: minutes after the parcel was packed, and degrees Celsius. */
export type Said = readonly [minute: number, celsius: number];

export interface PackedAs {
  readonly coldChain?: boolean;
  readonly allowanceMinutes?: number;
  /** How far its order is: with DISPENSED, the carrier does not have it yet. */
  readonly order?: 'DISPENSED' | 'SHIPPED';
  /** What is left on the shelf for another. */
  readonly left?: number;
  readonly by?: Identity;
  readonly patientSubject?: string;
}

/** The pharmacy alone, with parcels that are made as they are needed; all were packed at one time, ten hours ago. */
export class ParcelsUnderTest {
  readonly packedAt = Date.now() - 10 * HOUR;
  private readonly patientId = newId();

  private constructor(readonly api: SubgraphsUnderTest) {}

  static async open(name: string): Promise<ParcelsUnderTest> {
    return new ParcelsUnderTest(await openSubgraphs(name));
  }

  get admin(): Client {
    return this.api.admin;
  }

  /** A parcel with one package, handed over half an hour after it was packed. */
  async packed(as: PackedAs = {}): Promise<PackedParcel> {
    const { coldChain = true, allowanceMinutes = 60, order = 'SHIPPED', left = 1, by = carrier } = as;
    const [id, orderId, lineId, lotId, medicineId] = [newId(), newId(), newId(), newId(), newId()];
    const [packedAt, shippedAt] = [new Date(this.packedAt), new Date(this.packedAt + HOUR / 2)];
    const isSent = order === 'SHIPPED';
    await this.admin.query(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at)
       values ($1, 'RX-2026-' || lpad(nextval('pharmacy.drug_order_number')::text, 6, '0'), $2, $3, $4, $5)`,
      [orderId, as.patientSubject ? newId() : this.patientId, as.patientSubject ?? patient.subject, order, packedAt],
    );
    await this.admin.query(
      'insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen) values ($1, $2, $3, 1, 10000)',
      [lineId, orderId, medicineId],
    );
    await this.admin.query(
      `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
       values ($1, $2, 'PAID', 10000, $3, $3, 10000)`,
      [newId(), orderId, packedAt],
    );
    await this.admin.query(
      `insert into pharmacy.shipment (id, order_id, carrier_organisation_id, status, tracking_number, cold_chain, allowance_minutes,
         shipped_at, created_at)
       values ($1, $2, $3, $4, 'T-1', $5, $6, $7, $8)`,
      [
        ...[id, orderId, isSent ? by.organisation : null, isSent ? 'IN_TRANSIT' : 'PREPARING'],
        ...[coldChain, coldChain ? allowanceMinutes : null, isSent ? shippedAt : null, packedAt],
      ],
    );
    await this.admin.query(
      `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at) values ($1, $2, 'L', now() + interval '1 year', $3)`,
      [lotId, medicineId, packedAt],
    );
    await this.admin.query(
      `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id, shipment_id, by_subject)
       values ($1, 'RECEIPT', 1 + $2, 0, null, null, 'x'), ($1, 'RESERVATION', 0, 1, $3, null, null), ($1, 'DISPENSING', -1, -1, $3, $4, 'x')`,
      [lotId, left, lineId, id],
    );
    return { id, orderId, lotId };
  }

  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.api.execute('pharmacy', who, query, variables);
    expect(errors).toBeUndefined();
    return data;
  }

  /** Reports events: minutes after packing. */
  async events(
    given: readonly { parcel: PackedParcel; kind: string; minute: number; place?: string }[],
    who: Identity = carrier,
  ): Promise<Answer> {
    const events = given.map(({ parcel, kind, minute, place }) => ({
      ...{ shipmentId: parcel.id, kind, place, at: new Date(this.packedAt + minute * MINUTE).toISOString() },
    }));
    const query = `mutation ($input: ReportShipmentEventsInput!) { reportShipmentEvents(input: $input) { ${REPORT} } }`;
    return (await this.ask(who, query, { input: { events } })).reportShipmentEvents;
  }

  async delivered(parcel: PackedParcel, minute: number): Promise<Answer> {
    return this.events([{ parcel, kind: 'DELIVERED', minute }]);
  }

  /** Reports temperatures of parcels. */
  async temperatures(
    given: readonly { parcel: Pick<PackedParcel, 'id'>; said: readonly Said[] }[],
    who: Identity = carrier,
  ): Promise<Answer> {
    const startedAt = new Date(this.packedAt).toISOString();
    const logs = given.map(({ parcel, said }) => ({
      ...{ shipmentId: parcel.id, startedAt, seconds: said.map(([minute]) => Math.round(minute * 60)) },
      celsius: said.map(([, celsius]) => celsius),
    }));
    const query = `mutation ($input: ReportTemperaturesInput!) { reportTemperatures(input: $input) { ${REPORT} } }`;
    return (await this.ask(who, query, { input: { logs } })).reportTemperatures;
  }

  async readings(parcel: PackedParcel, ...said: Said[]): Promise<Answer> {
    return this.temperatures([{ parcel, said }]);
  }

  async shipment(who: Identity, { id }: PackedParcel, selection: string): Promise<Answer> {
    return (await this.ask(who, `query ($id: ID!) { shipment(id: $id) { ${selection} } }`, { id })).shipment;
  }

  /** Tries to decide about a parcel. @returns the answer with its errors */
  async attempt(
    parcel: PackedParcel,
    decision: string,
    input: object = {},
    who: Identity = pharmacist,
  ): Promise<Answer> {
    const { version } = (await this.shipment(pharmacist, parcel, 'version')) ?? { version: 1 };
    const query = `mutation ($input: DecideQuarantineInput!) { decideQuarantine(input: $input) { __typename
      ... on Shipment { status decision decisionReason version allowedActions order { status } }
      ... on ShipmentWrongState { status permitted } ... on StaleVersion { currentVersion } ... on OutOfStock { medicineIds }
      ... on UserError { code message } } }`;
    const decided = { shipmentId: parcel.id, decision, reason: 'Asked the maker.', expectedVersion: version };
    const variables = { input: { ...decided, idempotencyKey: newId(), ...input } };
    return this.api.execute('pharmacy', who, query, variables);
  }

  async decide(parcel: PackedParcel, decision: string, input: object = {}): Promise<Answer> {
    const { data, errors } = await this.attempt(parcel, decision, input);
    expect(errors).toBeUndefined();
    return data.decideQuarantine;
  }

  /** How far an order is, and which of its parcels is where. */
  async states({ id, orderId }: PackedParcel): Promise<readonly [order: string, parcel: string]> {
    const { rows } = await this.admin.query<{ order: string; parcel: string }>(
      `select o.status as order, s.status as parcel from pharmacy.drug_order o, pharmacy.shipment s where o.id = $1 and s.id = $2`,
      [orderId, id],
    );
    const [{ order, parcel }] = rows as [{ order: string; parcel: string }];
    return [order, parcel];
  }

  /** What was told of a parcel, and to whom. */
  async told({ id }: PackedParcel): Promise<string[]> {
    const { rows } = await this.admin.query<{ told: string }>(
      `select audience || ' ' || kind as told from pharmacy.notice where about_id = $1 order by id, audience`,
      [id],
    );
    return rows.map(({ told }) => told);
  }

  stop(): Promise<void> {
    return this.api.stop();
  }
}

const REPORT =
  '__typename ... on ShipmentReport { accepted repeated refused { index shipmentId problem firstReading count } } ... on UserError { code message }';
