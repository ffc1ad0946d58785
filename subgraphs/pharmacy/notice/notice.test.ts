import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { patientId } from '../../common/seed.js';
import { type NoticeAudience, PharmacyNoticeKind } from './notice.js';
import { noticeText } from './notice.rules.js';
import { tell } from './notice.service.js';

describe('a notice of the pharmacy', () => {
  test('says what to do in both languages, whatever it is about and whoever reads it', () => {
    for (const kind of Object.values(PharmacyNoticeKind)) {
      for (const reader of ['PATIENT', 'PHARMACIST'] as const) {
        expect(noticeText(kind, reader, Locale.EN)).toMatch(/^[A-Z].*[.]$/);
        expect(noticeText(kind, reader, Locale.ZH)).toMatch(/[\u4e00-\u9fff].*。$/);
      }
    }
  });

  describe('in the database', () => {
    let subgraphs: SubgraphsUnderTest;
    /** An order each of the demo's patients. */
    const orders: string[] = [];
    let prescription = '';
    beforeAll(async () => {
      subgraphs = await openSubgraphs('pharmacy_notices');
      const { admin } = subgraphs;
      for (const i of [0, 1, 2]) {
        const { rows } = await admin.query('select id from pharmacy.drug_order where patient_id = $1 limit 1', [
          patientId(i),
        ]);
        orders.push(rows[0].id);
      }
      const { rows } = await admin.query('select id from pharmacy.prescription where patient_id = $1 limit 1', [
        patientId(0),
      ]);
      prescription = rows[0].id;
      await admin.query('truncate pharmacy.notice');
    });
    afterAll(() => subgraphs.stop());

    const patient = person('demo-patient', 'PATIENT');
    const stranger = person('demo-other-patient', 'PATIENT');
    const caregiver = person('demo-caregiver', 'CAREGIVER');
    const pharmacist = person('demo-pharmacist', 'PHARMACIST');

    const told = (
      audience: NoticeAudience,
      kind: PharmacyNoticeKind,
      { about = newId(), orderId, prescriptionId, occasion }: Partial<Record<string, string>> = {},
    ) =>
      subgraphs
        .get('pharmacy')
        .asItself(({ session }) =>
          session.decide((sql) => tell(sql, { audience, kind, aboutId: about, orderId, prescriptionId, occasion })),
        );
    const notices = async (who: Identity, args = 'onlyUnread: true') =>
      (
        await subgraphs.execute(
          'pharmacy',
          who,
          `{ pharmacyNotices(${args}, first: 100) { totalCount nodes {
            id kind aboutId audience readAt text(locale: ZH) patient { id } order { id } } } }`,
        )
      ).data.pharmacyNotices;
    const about = async (who: Identity, id: string, args?: string) =>
      (await notices(who, args)).nodes.filter((each: { aboutId: string }) => each.aboutId === id);
    const read = async (who: Identity, noticeId: string) =>
      (
        await subgraphs.execute(
          'pharmacy',
          who,
          `mutation($input: MarkPharmacyNoticeReadInput!) { markPharmacyNoticeRead(input: $input) { __typename ... on PharmacyNotice { readAt } } }`,
          { input: { noticeId } },
        )
      ).data.markPharmacyNoticeRead;

    test('is told once about the same thing, and again on another occasion', async () => {
      const parcel = newId();
      for (const occasion of ['1', '1', '2'])
        await told('PATIENT', PharmacyNoticeKind.PARCEL_QUARANTINED, { about: parcel, orderId: orders[0], occasion });
      const mine = await about(patient, parcel);
      expect(mine).toHaveLength(2);
      expect(mine[0]).toMatchObject({
        ...{ audience: 'PATIENT', patient: { id: patientId(0) }, order: { id: orders[0] }, readAt: null },
        text: expect.stringContaining('请勿使用'),
      });
    });

    test('is for the patient’s side or for the pharmacists, and each sees theirs', async () => {
      const [forFamily, forPharmacists] = [newId(), newId()];
      await told('PATIENT', PharmacyNoticeKind.ORDER_SHIPPED, { about: forFamily, orderId: orders[2] });
      await told('PHARMACIST', PharmacyNoticeKind.DELIVERY_FAILED, { about: forPharmacists, orderId: orders[2] });
      expect(await about(caregiver, forFamily)).toHaveLength(1);
      expect(await about(pharmacist, forPharmacists)).toHaveLength(1);
      for (const who of [patient, stranger]) expect(await about(who, forFamily)).toEqual([]);
      for (const who of [patient, stranger, caregiver]) {
        expect(await about(who, forPharmacists, 'audience: PHARMACIST')).toEqual([]);
      }
      expect(await about(pharmacist, forFamily, 'audience: PATIENT')).toEqual([]);
    });

    test('is for a pharmacist’s own family, too, when they ask for it', async () => {
      const own = newId();
      await told('PATIENT', PharmacyNoticeKind.ORDER_SHIPPED, { about: own, orderId: orders[0] });
      const both: Identity = { ...pharmacist, subject: 'demo-patient', roles: ['PHARMACIST', 'PATIENT'] };
      expect(await about(both, own)).toEqual([]);
      expect(await about(both, own, 'audience: PATIENT')).toHaveLength(1);
    });

    test('about a prescription leads to no order', async () => {
      await told('PATIENT', PharmacyNoticeKind.PRESCRIPTION_APPROVED, {
        about: prescription,
        prescriptionId: prescription,
      });
      expect(await about(patient, prescription)).toMatchObject([{ order: null, patient: { id: patientId(0) } }]);
    });

    test('that was read keeps its first time and is left out of what is new', async () => {
      const [{ id }, ...others] = (await notices(patient)).nodes;
      const first = await read(patient, id);
      expect(first.readAt).not.toBeNull();
      expect(await read(patient, id)).toEqual(first);
      expect((await notices(patient)).totalCount).toBe(others.length);
      expect((await notices(patient, 'onlyUnread: false')).totalCount).toBe(others.length + 1);
    });

    test('of somebody else cannot be read or marked', async () => {
      const [{ id }] = (await notices(patient)).nodes;
      const [{ id: ofPharmacists }] = (await notices(pharmacist)).nodes;
      for (const who of [stranger, caregiver, pharmacist]) expect((await read(who, id)).__typename).toBe('NotFound');
      for (const who of [patient, stranger, caregiver])
        expect((await read(who, ofPharmacists)).__typename).toBe('NotFound');
      expect((await read(patient, newId())).__typename).toBe('NotFound');
      expect((await notices(patient)).nodes[0]).toMatchObject({ id, readAt: null });
    });

    test('leaves an entry in the access log where a pharmacist or a caregiver reads it, and none for the patient', async () => {
      await subgraphs.admin.query(
        `begin; select set_config('app.erasing', 'on', true); delete from pharmacy.access_log; commit`,
      );
      for (const who of [patient, caregiver, pharmacist]) await notices(who);
      const { rows } = await subgraphs.admin.query(
        `select distinct subject, role, purpose, patient_id from pharmacy.access_log where record = 'PharmacyNotice' order by 1`,
      );
      expect(rows).toEqual([
        { subject: 'demo-caregiver', role: 'CAREGIVER', purpose: 'CARE', patient_id: patientId(2) },
        { subject: 'demo-pharmacist', role: 'PHARMACIST', purpose: 'PHARMACY', patient_id: patientId(2) },
      ]);
    });

    test('is written by nobody but by telling, which a carrier can do without seeing the order', async () => {
      const client = await subgraphs.serving('pharmacy');
      const as = (subject: string, role: string) =>
        client.query(`select set_config('app.subject', $1, false), set_config('app.roles', $2, false)`, [
          subject,
          role,
        ]);
      await as('demo-carrier', 'CARRIER');
      const parcel = newId();
      await client.query('select tell($1, $2, $3, $4, $5, null)', [
        'PATIENT',
        'ORDER_DELIVERED',
        parcel,
        '',
        orders[1],
      ]);
      expect((await client.query('select from notice')).rowCount).toBe(0);
      expect(await about(stranger, parcel)).toHaveLength(1);
      for (const [subject, role] of [
        ['demo-carrier', 'CARRIER'],
        ['demo-patient', 'PATIENT'],
        ['demo-pharmacist', 'PHARMACIST'],
        ['system:pharmacy', 'SYSTEM'],
      ] as const) {
        await as(subject, role);
        await expect(
          client.query(
            `insert into notice (patient_id, audience, kind, about_id) values ($1, 'PATIENT', 'ORDER_SHIPPED', $1)`,
            [patientId(0)],
          ),
        ).rejects.toThrow('permission denied');
        await expect(client.query(`update notice set kind = 'X'`)).rejects.toThrow('permission denied');
        await expect(client.query('delete from notice')).rejects.toThrow('permission denied');
      }
    });

    test('is not told of somebody who was erased', async () => {
      await subgraphs.admin.query('insert into pharmacy.erased_patient (patient_id) values ($1)', [patientId(1)]);
      const parcel = newId();
      await told('PATIENT', PharmacyNoticeKind.DO_NOT_USE, { about: parcel, orderId: orders[1] });
      expect(await about(stranger, parcel)).toEqual([]);
    });
  });
});
