import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { Locale } from '../../common/scalars.js';
import { patientId } from '../../common/seed.js';
import { CareNoticeKind } from './notice.js';
import { noticeText } from './notice.rules.js';
import { tell } from './notice.service.js';

describe('a notice', () => {
  test('says what to do in both languages, whatever it is about and whoever reads it', () => {
    for (const kind of Object.values(CareNoticeKind)) {
      for (const reader of ['PATIENT', 'PHYSICIAN'] as const) {
        expect(noticeText(kind, reader, Locale.EN)).toMatch(/^[A-Z].*[.]$/);
        expect(noticeText(kind, reader, Locale.ZH)).toMatch(/[\u4e00-\u9fff].*。$/);
      }
    }
  });

  describe('in the database', () => {
    let subgraphs: SubgraphsUnderTest;
    beforeAll(async () => {
      subgraphs = await openSubgraphs('notices');
    });
    afterAll(() => subgraphs.stop());

    const patient = person('demo-patient', 'PATIENT');
    const told = (about: string, happensAt?: Date, physicianId?: string) =>
      subgraphs.get('patient').asItself(({ session }) =>
        session.decide((sql) =>
          tell(sql, {
            patientId: patientId(0),
            kind: CareNoticeKind.APPOINTMENT_SOON,
            aboutId: about,
            happensAt,
            physicianId,
          }),
        ),
      );
    const notices = async (who: Identity, id = patientId(0)) => {
      const { data } = await subgraphs.execute(
        'patient',
        who,
        `query($id: ID!) { patient(id: $id) { notices(onlyUnread: true, first: 100) {
          totalCount nodes { id kind aboutId happensAt readAt text(locale: ZH) } } } }`,
        { id },
      );
      return data.patient?.notices;
    };
    const read = async (who: Identity, noticeId: string) =>
      (
        await subgraphs.execute(
          'patient',
          who,
          'mutation($input: MarkNoticeReadInput!) { markNoticeRead(input: $input) { __typename ... on CareNotice { readAt } } }',
          { input: { noticeId } },
        )
      ).data.markNoticeRead;

    test('is told once about the same thing at the same time, and anew when the time has changed', async () => {
      const about = newId();
      const at = new Date('2027-01-04T02:00:00Z');
      await told(about, at);
      await told(about, at);
      await told(about, new Date('2027-01-05T02:00:00Z'));
      const mine = (await notices(patient)).nodes.filter((each: { aboutId: string }) => each.aboutId === about);
      expect(mine.map((each: { happensAt: string }) => each.happensAt)).toEqual([
        '2027-01-05T02:00:00.000Z',
        '2027-01-04T02:00:00.000Z',
      ]);
      expect(mine[0].text).toContain('预约');
    });

    test('that was read keeps its first time and is left out of what is new', async () => {
      const about = newId();
      await told(about);
      const { nodes, totalCount } = await notices(patient);
      const { id } = nodes.find((each: { aboutId: string }) => each.aboutId === about);
      const first = await read(patient, id);
      expect(first.readAt).not.toBeNull();
      expect(await read(patient, id)).toEqual(first);
      expect((await notices(patient)).totalCount).toBe(totalCount - 1);
    });

    test('of somebody else cannot be read or marked', async () => {
      await told(newId());
      const { id } = (await notices(patient)).nodes[0];
      const stranger = person('demo-other-patient', 'PATIENT');
      expect(await notices(stranger)).toBeUndefined();
      expect((await read(stranger, id)).__typename).toBe('NotFound');
      expect((await read(stranger, newId())).__typename).toBe('NotFound');
      expect((await notices(patient)).nodes[0]).toMatchObject({ id, readAt: null });
    });

    test('for a physician is shown to that physician and not to the patient', async () => {
      const physician = newId();
      await subgraphs.admin.query(
        `insert into patient.physician (id, subject, name_zh, title, licence_sealed, licence_index, hospital_id, languages, status, decided_at, created_at)
         values ($1, 'notice-physician', '医生', '主任医师', 'v1.x', 'notice-physician', gen_random_uuid(), '{zh}', 'VERIFIED', now(), now())`,
        [physician],
      );
      const about = newId();
      await told(about, undefined, physician);
      const ask = async (subject: string) =>
        (
          await subgraphs.execute(
            'patient',
            person(subject, 'PHYSICIAN'),
            '{ physicianNotices { totalCount nodes { aboutId text } } }',
          )
        ).data.physicianNotices;
      expect(await ask('notice-physician')).toEqual({
        totalCount: 1,
        nodes: [{ aboutId: about, text: 'An appointment is near.' }],
      });
      expect((await ask('another-physician')).totalCount).toBe(0);
      const mine = (await notices(patient)).nodes.map((each: { aboutId: string }) => each.aboutId);
      expect(mine).not.toContain(about);
    });
  });
});
