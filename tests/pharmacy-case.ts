import type { Client } from 'pg';
import { DEMO_PARTNERS } from '../gateway/identity/demo-people.js';
import { shanghaiDay } from '../subgraphs/common/calendar.js';
import type { Identity } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { ACTORS as CARE_ACTORS, type CareCase, makeCareCase } from './care-case.js';
import { person } from './subgraphs.js';

/** Everybody around a patient, and those who carry the parcels. */
export const ACTORS = [...CARE_ACTORS, 'the carrier', 'another carrier', 'a merchant'] as const;
export type Actor = (typeof ACTORS)[number];

const CARRIER_ID = DEMO_PARTNERS.find(({ roles }) => roles.includes('CARRIER'))?.organisation as string;
const PRICE_FEN = 10_000;

/** How far an order has come that is made here. */
export type OrderStatus = 'PLACED' | 'PAID' | 'DISPENSED' | 'SHIPPED' | 'DELIVERED';

/** An order of one package with all that belongs to it. */
export interface OrderCase {
  readonly id: string;
  readonly lineId: string;
  /** From DISPENSED on. */
  readonly shipmentId: string;
}

/** A patient with prescriptions, orders and parcels, made past all rules: as an administrator of the database. */
export class PharmacyCase {
  readonly identities: Readonly<Record<Actor, Identity>>;

  private constructor(
    private readonly admin: Client,
    readonly care: CareCase,
    readonly medicineId: string,
    readonly applicationId: string,
    readonly carrierId: string,
  ) {
    this.identities = {
      ...care.identities,
      'the carrier': person('case the carrier', 'CARRIER', CARRIER_ID),
      'another carrier': person('case another carrier', 'CARRIER', newId()),
      'a merchant': person('case a merchant', 'MERCHANT', CARRIER_ID),
    };
  }

  static async make(admin: Client): Promise<PharmacyCase> {
    const care = await makeCareCase(admin);
    await admin.query(
      `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       values ($1, $2, 'SHARE_WITH_PHARMACY', 1, now() - interval '1 day', $3)`,
      [newId(), care.patientId, care.identities['the patient'].subject],
    );
    const { rows } = await admin.query(
      `select (select id from catalog.medicine where sold_online and price_fen is not null and storage = 'COLD_2_8' order by id limit 1) as medicine,
         (select id from fund.application where patient_id = $1) as application`,
      [care.patientId],
    );
    return new PharmacyCase(admin, care, rows[0].medicine, rows[0].application, CARRIER_ID);
  }

  get patientId(): string {
    return this.care.patientId;
  }

  /** A prescription of ten packages by the physician who treats. @returns its id */
  async prescription(status: 'ISSUED' | 'APPROVED' = 'APPROVED'): Promise<string> {
    const id = newId();
    await this.admin.query(
      `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose,
         quantity, refills, valid_until, status, issued_at, checked_at, checked_by, check_reason)
       select $1, 'RP-2026-' || (900000 + nextval('pharmacy.prescription_number')), $2, $3, $4, $5, $6, 'One a day', 10, 0, $7, $8::text, now(),
         case when checked then now() end, case when checked then 'case checker' end, case when checked then 'In order.' end
       from (select $8::text = 'APPROVED' as checked) as it`,
      [
        id,
        this.patientId,
        this.identities['the patient'].subject,
        this.care.physicianIds['the treating physician'],
        this.identities['the treating physician'].subject,
        this.medicineId,
        shanghaiDay(new Date(Date.now() + 30 * 86_400_000)),
        status,
      ],
    );
    return id;
  }

  /** A lot with ten packages, that expires sooner than others which are sold. @returns its id */
  async lot(): Promise<string> {
    const id = newId();
    await this.admin.query(
      `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at) values ($1::uuid, $2, upper($1::text), current_date + 10, now())`,
      [id, this.medicineId],
    );
    await this.admin.query(
      `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject) values ($1, 'RECEIPT', 10, 0, 'case')`,
      [id],
    );
    return id;
  }

  /** An order of one package, not linked, as it would be at this point of its way. */
  async order(status: OrderStatus): Promise<OrderCase> {
    const [id, lineId, shipmentId, lotId] = [newId(), newId(), newId(), await this.lot()] as const;
    const steps: OrderStatus[] = ['PLACED', 'PAID', 'DISPENSED', 'SHIPPED', 'DELIVERED'];
    const is = (wanted: OrderStatus) => steps.indexOf(status) >= steps.indexOf(wanted);
    const run = (sql: string, values: unknown[]) => this.admin.query(sql, values);
    await run(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, status, placed_at, pay_by)
       values ($1, 'RX-2026-' || (900000 + nextval('pharmacy.drug_order_number')), $2, $3, $4, now() - interval '3 hours', now() + interval '21 hours')`,
      [id, this.patientId, this.identities['the patient'].subject, status],
    );
    await run(
      `insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen, prescription_id) values ($1, $2, $3, 1, $4, $5)`,
      [lineId, id, this.medicineId, PRICE_FEN, await this.prescription()],
    );
    await run(
      `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id) values ($1, 'RESERVATION', 0, 1, $2)`,
      [lotId, lineId],
    );
    if (is('PAID')) {
      await run(
        `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen) values ($1, $2, 'PAID', $3, now(), now(), $3)`,
        [newId(), id, PRICE_FEN],
      );
    }
    if (is('DISPENSED')) {
      const sent = is('SHIPPED');
      await run(
        `insert into pharmacy.shipment (id, order_id, carrier_organisation_id, status, tracking_number, cold_chain, shipped_at, delivered_at,
           created_at, allowance_minutes)
         values ($1::uuid, $2, $3, $4, case when $5 then 'CASE-' || $1::text end, true, case when $5 then now() - interval '2 hours' end,
           case when $6 then now() - interval '1 hour' end, now() - interval '3 hours', 60)`,
        [
          shipmentId,
          id,
          sent ? CARRIER_ID : null,
          { DISPENSED: 'PREPARING', SHIPPED: 'IN_TRANSIT', DELIVERED: 'DELIVERED' }[status as string],
          sent,
          is('DELIVERED'),
        ],
      );
      await run(
        `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, order_line_id, shipment_id, by_subject)
         values ($1, 'DISPENSING', -1, -1, $2, $3, 'case')`,
        [lotId, lineId, shipmentId],
      );
    }
    return { id, lineId, shipmentId };
  }

  /** A parcel that a pharmacist has to decide about. @returns its id */
  async quarantined(): Promise<string> {
    const { shipmentId } = await this.order('SHIPPED');
    await this.admin.query(
      `update pharmacy.shipment set status = 'QUARANTINED', quarantined_at = now(), quarantine_cause = 'WARM', outside_minutes = 90 where id = $1`,
      [shipmentId],
    );
    await this.admin.query(
      `insert into pharmacy.temperature_reading (shipment_id, at, centi) values ($1, now() - interval '1 hour', 1100)`,
      [shipmentId],
    );
    return shipmentId;
  }

  /** Something that somebody should know of an order. @returns the notice's id */
  async notice(audience: 'PATIENT' | 'PHARMACIST', aboutId: string): Promise<string> {
    const id = newId();
    await this.admin.query(
      `insert into pharmacy.notice (id, patient_id, patient_subject, audience, kind, about_id) values ($1, $2, $3, $4, 'ORDER_SHIPPED', $5)`,
      [id, this.patientId, this.identities['the patient'].subject, audience, aboutId],
    );
    return id;
  }
}
