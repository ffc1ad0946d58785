import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { shanghaiDay } from '../../common/calendar.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { DEMO_PHYSICIAN_ID } from '../../patient/demo.js';

export const PHARMACIST = person('demo-pharmacist', 'PHARMACIST');
export const CARRIER_ID = '01934a3c-5800-7000-8000-00000000a004';

const SHOWN = `id number status version allowedActions payBy cancelReason returnReason total { amount }
  lines { id quantity lot lots { lot expiresOn quantity } medicine { id } prescription { id used left } }
  shipment { id status coldChain trackingNumber shippedAt carrier { id } } shipments { id status } delivery { name phone address }`;
const FOR_FAMILY = SHOWN.replace(/ delivery \{.*\}/, '');
const CHANGED = '... on StaleVersion { currentVersion } ... on DrugOrderWrongState { stands: status permitted }';
const UNUSABLE = '... on PrescriptionNotUsable { problems { medicineId prescriptionId problem left } }';
const FAILURES: Readonly<Record<string, string>> = {
  placeDrugOrder: `... on ConsentMissing { purpose } ... on NotSoldOnline { medicineIds } ... on OutOfStock { medicineIds } ${UNUSABLE}`,
  dispenseDrugOrder: `... on ConsentMissing { purpose } ... on OutOfStock { medicineIds } ${UNUSABLE} ${CHANGED}`,
};

/** A patient with a sign-in of their own, who shares with the pharmacy. */
export interface BuyerUnderTest {
  readonly id: string;
  readonly who: Identity;
}

/** Patients who order by prescriptions what lies on shelves that begin empty, in all subgraphs without the gateway. */
export class OrdersUnderTest {
  private constructor(
    readonly api: SubgraphsUnderTest,
    /** Medicines that are sold online, with a price: one kept at 2 to 8 °C and two at room temperature. */
    readonly medicines: { readonly cold: string; readonly room: string; readonly other: string },
  ) {}

  static async open(name: string): Promise<OrdersUnderTest> {
    const api = await openSubgraphs(name);
    const sold = async (storage: string) => {
      const { rows } = await api.admin.query<{ id: string }>(
        'select id from catalog.medicine where sold_online and price_fen is not null and storage = $1 order by id',
        [storage],
      );
      return rows.map(({ id }) => id);
    };
    const [[cold], [room, other]] = [await sold('COLD_2_8'), await sold('ROOM')];
    const under = new OrdersUnderTest(api, { cold, room, other } as OrdersUnderTest['medicines']);
    await under.emptyShelves();
    return under;
  }

  /** Nothing lies there any more, and no movement is known. */
  async emptyShelves(): Promise<void> {
    const { admin } = this.api;
    await admin.query('set session_replication_role = replica');
    await admin.query('truncate pharmacy.stock_movement, pharmacy.stock_lot');
    await admin.query('set session_replication_role = default');
  }

  async buyers(count: number): Promise<BuyerUnderTest[]> {
    const buyers = Array.from({ length: count }, () => {
      const id = newId();
      return { id, who: person(`buyer-${id}`, 'PATIENT') };
    });
    await this.api.admin.query(
      `with made as (
         insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
         select id, 'buyer-' || id, 'Test', '1990-01-01', 'OTHER', 'Test', now() from unnest($1::uuid[]) as id returning id)
       insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
       select uuidv7(), id, 'SHARE_WITH_PHARMACY', 1, now(), 'test' from made`,
      [buyers.map(({ id }) => id)],
    );
    return buyers;
  }

  async buyer(): Promise<BuyerUnderTest> {
    return (await this.buyers(1))[0] as BuyerUnderTest;
  }

  /** An approved prescription. @returns its id */
  async prescribed(buyer: BuyerUnderTest, medicineId: string, packages = 100): Promise<string> {
    const id = newId();
    await this.api.admin.query(
      `insert into pharmacy.prescription (id, number, patient_id, patient_subject, physician_id, physician_subject, medicine_id, dose,
         quantity, refills, valid_until, status, issued_at, checked_at, checked_by, check_reason)
       values ($1, 'RP-2026-' || lpad(nextval('pharmacy.prescription_number')::text, 6, '0'), $2, $3, $4, 'demo-physician', $5, 'One a day',
         $6, 0, $7::date + 30, 'APPROVED', now(), now(), 'demo-pharmacist', 'In order')`,
      [id, buyer.id, buyer.who.subject, DEMO_PHYSICIAN_ID, medicineId, packages, shanghaiDay(new Date())],
    );
    return id;
  }

  /** A line for a medicine, by a prescription of its own. */
  async line(buyer: BuyerUnderTest, medicineId: string, quantity = 1) {
    return { medicineId, quantity, prescriptionId: await this.prescribed(buyer, medicineId) };
  }

  /** Puts a lot on the shelf. @returns its id */
  async stocked(medicineId: string, lot: string, quantity: number, expiresInDays = 100): Promise<string> {
    const id = newId();
    await this.api.admin.query(
      `insert into pharmacy.stock_lot (id, medicine_id, lot, expires_on, created_at) values ($1, $2, $3, $4::date + $5::int, now())`,
      [id, medicineId, lot, shanghaiDay(new Date()), expiresInDays],
    );
    await this.api.admin.query(
      `insert into pharmacy.stock_movement (lot_id, kind, on_hand_change, reserved_change, by_subject) values ($1, 'RECEIPT', $2, 0, 'test')`,
      [id, quantity],
    );
    return id;
  }

  /** What lies there of a medicine and what is promised of it, by lot, first to expire first. */
  async shelf(medicineId: string): Promise<[lot: string, onHand: number, reserved: number][]> {
    const { rows } = await this.api.admin.query<{ lot: string; on_hand: number; reserved: number }>(
      'select lot, on_hand, reserved from pharmacy.stock_lot where medicine_id = $1 order by expires_on, id',
      [medicineId],
    );
    return rows.map(({ lot, on_hand, reserved }) => [lot, on_hand, reserved]);
  }

  async recalled(lotId: string): Promise<void> {
    await this.api.admin.query(
      `update pharmacy.stock_lot set recalled_at = now(), recalled_by = 'test', recall_reason = 'Test' where id = $1`,
      [lotId],
    );
  }

  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.api.execute('pharmacy', who, query, variables);
    if (errors) throw new Error(errors.map((each: { message: string }) => each.message).join(' | '));
    return data;
  }

  /** A mutation's answer: the order, or the failure. */
  async does(who: Identity, mutation: string, input: object): Promise<Answer> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const shown = who.roles.includes('PHARMACIST') ? SHOWN : FOR_FAMILY;
    const text = `mutation ($input: ${type}!) { it: ${mutation}(input: $input) {
      __typename ... on UserError { code path message } ${FAILURES[mutation] ?? CHANGED} ... on DrugOrder { ${shown} } } }`;
    return (await this.ask(who, text, { input: { idempotencyKey: newId(), ...input } })).it;
  }

  async read(who: Identity, id: string): Promise<Answer> {
    const shown = who.roles.includes('PHARMACIST') ? SHOWN : FOR_FAMILY;
    return (await this.ask(who, `query ($id: ID!) { drugOrder(id: $id) { ${shown} } }`, { id })).drugOrder;
  }

  place(buyer: BuyerUnderTest, lines: readonly object[], more: object = {}): Promise<Answer> {
    return this.does(buyer.who, 'placeDrugOrder', { patientId: buyer.id, lines, ...more });
  }

  /** The money for an order has arrived. @returns the order as a pharmacist sees it */
  async paid({ id }: { readonly id: string }): Promise<Answer> {
    await this.api.admin.query(
      `insert into pharmacy.payment (id, order_id, status, amount_fen, requested_at, answered_at, charged_fen)
       select uuidv7(), $1, 'PAID', sum(quantity * unit_price_fen), now(), now(), sum(quantity * unit_price_fen)
       from pharmacy.drug_order_line where order_id = $1`,
      [id],
    );
    await this.api.admin.query(`update pharmacy.drug_order set status = 'PAID', version = version + 1 where id = $1`, [
      id,
    ]);
    return this.read(PHARMACIST, id);
  }

  /** Something that a pharmacist does with an order as they see it now. */
  async step(mutation: string, { id }: { readonly id: string }, more: object = {}): Promise<Answer> {
    const { version } = await this.read(PHARMACIST, id);
    return this.does(PHARMACIST, mutation, { orderId: id, expectedVersion: version, ...more });
  }

  dispense(order: { readonly id: string }): Promise<Answer> {
    return this.step('dispenseDrugOrder', order);
  }

  ship(order: { readonly id: string }): Promise<Answer> {
    return this.step('shipDrugOrder', order, { carrierOrganisationId: CARRIER_ID, trackingNumber: 'SF-1' });
  }

  /** What goes back for an order, by line. */
  async refunds(orderId: string): Promise<{ cause: string; quantity: number }[]> {
    const { rows } = await this.api.admin.query(
      `select r.cause, l.quantity from pharmacy.refund r join pharmacy.drug_order_line l on l.id = r.order_line_id
       where l.order_id = $1 order by l.id`,
      [orderId],
    );
    return rows;
  }

  /** Who was told what about an order or one of its parcels. */
  async told(orderId: string): Promise<string[]> {
    const { rows } = await this.api.admin.query<{ told: string }>(
      `select audience || ' ' || kind as told from pharmacy.notice
       where about_id = $1 or about_id in (select id from pharmacy.shipment where order_id = $1) order by id`,
      [orderId],
    );
    return rows.map(({ told }) => told);
  }
}
