import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import type { FundContext } from '../context.js';
import { CLOSE_REPORT_MONTH, closeReportMonths } from './report.service.js';

const SPONSORS = ['01934a3c-5800-7000-8000-00000000a001', '01934a3c-5800-7000-8000-00000000a002'] as const;
const sponsor = person('sponsor', 'SPONSOR', SPONSORS[0]);
const otherSponsor = person('other-sponsor', 'SPONSOR', SPONSORS[1]);
const finance = person('demo-finance', 'FINANCE');
const YEARS = [2023, 2024, 2025] as const;

/** Patients who apply, and who are approved, month by month from November 2023; and who gives how many yuan. */
interface World {
  readonly people: readonly (readonly [number, number])[];
  readonly gifts: readonly (readonly number[])[];
}

/** Gifts are of the platform, the first sponsor, the other one, and a charity. */
const WORLDS: readonly World[] = [
  // December's are approved in January, but for five
  {
    people: [
      [15, 0],
      [30, 11],
      [0, 25],
      [12, 12],
      [40, 20],
      [0, 9],
      [11, 0],
    ],
    gifts: [[100, 7], [100, 7, 3], [0, 7], [], [1, 1, 1, 1]],
  },
  // nearly everybody is one of a few
  {
    people: [
      [3, 2],
      [10, 10],
      [0, 0],
      [1, 0],
      [0, 1],
      [9, 10],
      [2, 3],
    ],
    gifts: [
      [0, 5],
      [0, 5, 6],
      [0, 0, 6],
    ],
  },
  {
    people: [
      [11, 11],
      [11, 0],
      [22, 22],
      [0, 11],
      [100, 95],
      [0, 5],
      [12, 11],
      [12, 13],
    ],
    gifts: [
      [9, 9, 9],
      [9, 9, 0, 9],
    ],
  },
  // many, and then all at once only some
  {
    people: [
      [200, 150],
      [180, 160],
      [220, 200],
      [0, 79],
      [0, 11],
      [50, 40],
      [50, 60],
    ],
    gifts: [[1, 2, 3, 4]],
  },
];

let api: SubgraphsUnderTest;
const funds: string[] = [];

/** A moment in the month that is so many after November 2023, in Shanghai: at its very beginning, its end or between. */
function during(month: number, place: number): string {
  const begins = Date.UTC(2023, 10 + month, 1) - 8 * 3_600_000;
  const ends = Date.UTC(2023, 11 + month, 1) - 8 * 3_600_000;
  return new Date([begins, ends - 1, begins + 10 * 86_400_000][place % 3] as number).toISOString();
}

async function make({ people, gifts }: World): Promise<string> {
  const fundId = newId();
  const [applications, events, contributions, transfers]: [unknown[], unknown[], unknown[], unknown[]] = [
    [],
    [],
    [],
    [],
  ];
  const waiting: string[] = [];
  people.forEach(([applicants, approved], month) => {
    for (let n = 0; n < applicants; n++) {
      const id = newId();
      waiting.push(id);
      applications.push({ id, at: during(month, n) });
      // a second application of the same patient in the month counts once
      if (n === 0) applications.push({ id: newId(), patient: id, at: during(month, 1) });
    }
    for (let n = 0; n < approved; n++) {
      const first = waiting.shift();
      const id = first ?? newId();
      // they have applied before all that is reported
      if (first === undefined) applications.push({ id, at: null });
      events.push({ id: newId(), application: id, at: during(month, n) });
      transfers.push({ id: newId(), at: during(month, n), fen: 1000 + n, reference: id });
    }
  });
  gifts.forEach((givers, month) => {
    for (const [index, yuan] of givers.entries()) {
      if (yuan === 0) continue;
      const source = ['PLATFORM', 'SPONSOR', 'SPONSOR', 'CHARITY'][index];
      contributions.push({
        id: newId(),
        source,
        organisation: SPONSORS[index - 1] ?? null,
        fen: yuan * 100,
        at: during(month, index),
      });
    }
  });
  const { admin } = api;
  await admin.query('begin');
  await admin.query('set local session_replication_role = replica');
  await admin.query(`insert into fund.fund values ($1, $2, 'x', 'x', 'OPEN')`, [fundId, `R-${fundId}`]);
  await admin.query(
    `insert into fund.application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, snapshot, created_at, submitted_at)
     select id, id::text, coalesce(patient, id), id, $1, 2024, 1, case when at is null then 'WITHDRAWN' else 'REJECTED' end, '{}', '{}', coalesce(at, now()), at from jsonb_to_recordset($2) as r (id uuid, patient uuid, at timestamptz)`,
    [fundId, JSON.stringify(applications)],
  );
  await admin.query(
    `insert into fund.application_event (id, application_id, status, at, by_role)
     select id, application, 'APPROVED', at, 'REVIEWER' from jsonb_to_recordset($1) as r (id uuid, application uuid, at timestamptz)`,
    [JSON.stringify(events)],
  );
  await admin.query(
    `insert into fund.contribution (id, number, fund_id, source, organisation_id, amount_fen, status, recorded_by, pledged_at, cleared_at)
     select id, id::text, $1, source, organisation, fen, 'CLEARED', 'f', at, at from jsonb_to_recordset($2) as r (id uuid, source text, organisation uuid, fen bigint, at timestamptz)`,
    [fundId, JSON.stringify(contributions)],
  );
  await admin.query(
    `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject, at)
     select id, $1, 'GRANT', 'AVAILABLE', 'RESERVED', fen, reference, 'f', at from jsonb_to_recordset($2) as r (id uuid, fen bigint, reference uuid, at timestamptz)`,
    [fundId, JSON.stringify(transfers)],
  );
  await admin.query('commit');
  funds.push(fundId);
  return fundId;
}

const close = (now: string) =>
  api.get('fund').asItself((context) => closeReportMonths({}, context as FundContext, new Date(now)));

const CELLS = 'contributions { amount } applicants approved granted { amount } hidden';
async function report(who: Identity, fundId: string, year: number): Promise<Answer> {
  const query = `query ($fundId: ID!, $year: Int!) { sponsorReport(fundId: $fundId, year: $year) {
    year smallestGroup months { month ${CELLS} } total { ${CELLS} } own { month amount { amount } } } }`;
  const { data, errors } = await api.execute('fund', who, query, { fundId, year });
  return errors ? errors[0].extensions.code : data.sponsorReport;
}
/** Everything that anybody can be told. */
async function everything(who: Identity, of: readonly string[] = funds): Promise<Answer[]> {
  const answers = [];
  for (const fund of of) for (const year of YEARS) answers.push({ fund, ...(await report(who, fund, year)) });
  return answers;
}
const withoutOwn = (answers: Answer[]) => answers.map(({ own: _, ...rest }) => rest);
/** The months of a fund in a row, over all years. */
const monthsOf = (answers: Answer[], fund: string): Answer[] =>
  answers.filter((answer) => answer.fund === fund).flatMap(({ months }) => months);

beforeAll(async () => {
  api = await openSubgraphs('report');
  for (const world of WORLDS) await make(world);
});
afterAll(() => api?.stop());

describe('a report', () => {
  test('has a month once it is over, by Shanghai’s calendar and five days later', async () => {
    const fund = funds[3] as string;
    await close('2023-12-05T15:59:59Z');
    expect((await report(sponsor, fund, 2023)).months).toEqual([]);
    await close('2023-12-05T17:00:00Z');
    expect((await report(sponsor, fund, 2023)).months).toMatchObject([
      {
        month: 11,
        applicants: 200,
        approved: 150,
        contributions: { amount: '10.00' },
        granted: { amount: '1611.75' },
        hidden: [],
      },
    ]);
  });

  test('is made of months that are closed late, as if each had been closed in time', async () => {
    await close('2024-01-20T00:00:00Z');
    await close('2024-02-20T00:00:00Z');
    await Promise.all([close('2024-09-20T00:00:00Z'), close('2024-09-20T00:00:00Z')]);
    const late: string[] = [];
    for (const world of WORLDS) late.push(await make(world));
    await close('2024-09-20T00:00:00Z');
    const [inTime, afterwards] = [await everything(sponsor, funds.slice(0, 4)), await everything(sponsor, late)];
    expect(afterwards.map(({ fund: _, ...rest }) => rest)).toEqual(inTime.map(({ fund: _, ...rest }) => rest));
    expect(monthsOf(inTime, funds[0] as string)).toHaveLength(10);
  });

  test('tells each sponsor what it gave itself, and nobody what another did', async () => {
    const fund = funds[0] as string;
    expect((await report(sponsor, fund, 2023)).own).toEqual([
      { month: 11, amount: { amount: '7.00' } },
      { month: 12, amount: { amount: '7.00' } },
    ]);
    expect((await report(otherSponsor, fund, 2023)).own).toEqual([{ month: 12, amount: { amount: '3.00' } }]);
    expect((await report(finance, fund, 2023)).own).toEqual([]);
    const contributions = monthsOf(await everything(sponsor, [fund]), fund).map(
      (month) => month.contributions?.amount ?? null,
    );
    expect(contributions.slice(0, 5)).toEqual([null, '110.00', null, '0.00', '4.00']);
  });

  test('is the same for all who may read it, and for nobody else', async () => {
    const [one, other, third] = [await everything(sponsor), await everything(otherSponsor), await everything(finance)];
    expect(withoutOwn(other)).toEqual(withoutOwn(one));
    expect(withoutOwn(third)).toEqual(withoutOwn(one));
    const merchant = person('merchant', 'MERCHANT', '01934a3c-5800-7000-8000-00000000a005');
    for (const who of [person('demo-patient', 'PATIENT'), person('demo-reviewer', 'REVIEWER'), merchant])
      expect(await report(who, funds[0] as string, 2024)).toBe('FORBIDDEN');
    expect(await report(sponsor, newId(), 2024)).toBeNull();
    expect(await report(sponsor, funds[0] as string, 2019)).toBe('BAD_USER_INPUT');
  });

  test('is kept without what it hides, and cannot be changed', async () => {
    const { rows } = await api.admin.query(
      `select count(*)::int as small from fund.report_month where applicants between 1 and 10 or approved between 1 and 10`,
    );
    expect(rows[0].small).toBe(0);
    const serving = await api.serving('fund');
    for (const sql of ['update fund.report_month set applicants = 11', 'delete from fund.report_month'])
      await expect(serving.query(sql)).rejects.toThrow('permission denied');
  });
});

describe('an attacker who asks everything that can be asked', () => {
  const small = (count: number) => count !== 0 && Math.abs(count) < 11;

  test('finds no group below 11, in no cell, no total and no difference of months in a row, years or not', async () => {
    const answers = await everything(sponsor);
    let tried = 0;
    for (const { months, total, smallestGroup } of answers) {
      expect(smallestGroup).toBe(11);
      for (const { applicants, approved, granted, hidden } of [...months, total]) {
        for (const count of [applicants, approved]) expect(count === null || !small(count)).toBe(true);
        if (approved === null) expect(granted).toBeNull();
        if (applicants === null) expect(approved).toBeNull();
        expect(hidden.includes('APPROVED')).toBe(approved === null);
      }
      for (const column of ['applicants', 'approved', 'contributions', 'granted']) {
        // a total beside one hidden month would be that month
        expect(total[column] === null).toBe(months.some((month: Answer) => month[column] === null));
      }
    }
    for (const fund of funds) {
      const months = monthsOf(answers, fund);
      for (let from = 0; from < months.length; from++) {
        let left = 0;
        for (const { applicants, approved } of months.slice(from)) {
          if (approved === null) break;
          left += applicants - approved;
          expect(small(left)).toBe(false);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(100);
  });

  test('cannot tell the fund from one in which every small group is another', async () => {
    const [one, two] = [funds.slice(0, 4), [] as string[]];
    for (const [index, world] of WORLDS.entries()) {
      const months = monthsOf(await everything(sponsor, [one[index] as string]), one[index] as string);
      const people = world.people.map(([applicants, approved], month): readonly [number, number] => {
        const shown = months[month];
        return [
          shown.applicants === null ? 11 - applicants : applicants,
          shown.approved === null ? (approved % 10) + 1 : approved,
        ];
      });
      expect(people).not.toEqual(world.people);
      two.push(
        await make({
          people,
          gifts: world.gifts.map((gifts) => (gifts.filter(Boolean).length < 3 ? gifts.map((yuan) => yuan * 2) : gifts)),
        }),
      );
    }
    await close('2024-09-20T00:00:00Z');
    const strip = (answers: Answer[]) => withoutOwn(answers).map(({ fund: _, ...rest }) => rest);
    expect(strip(await everything(sponsor, two))).toEqual(strip(await everything(sponsor, one)));
  });

  test('learns nothing from asking again after people have left and money has bounced', async () => {
    const before = withoutOwn(await everything(sponsor));
    const { admin } = api;
    await admin.query('begin');
    await admin.query('set local session_replication_role = replica');
    await admin.query(`update fund.application set status = 'WITHDRAWN', decided_at = now() where fund_id = $1`, [
      funds[0],
    ]);
    await admin.query(
      'delete from fund.application_event where application_id in (select id from fund.application where fund_id = $1)',
      [funds[2]],
    );
    await admin.query('delete from fund.application where fund_id = $1', [funds[2]]);
    await admin.query(
      `update fund.contribution set status = 'BOUNCED', bounced_at = now() where fund_id = any($1) and organisation_id = $2`,
      [funds, SPONSORS[1]],
    );
    await admin.query('commit');
    // and twenty of before the first month that was closed are recorded only now
    await admin.query(
      `insert into fund.application (id, number, patient_id, disease_id, fund_id, aid_year, expected_expense_fen, status, reviewer_subjects, snapshot, created_at, submitted_at)
       select uuidv7(), 'LATE-' || n, uuidv7(), uuidv7(), $1, 2023, 1, 'REJECTED', '{}', '{}', '2023-10-10', '2023-10-10' from generate_series(1, 20) n`,
      [funds[3]],
    );
    await close('2024-09-20T00:00:00Z');
    expect(withoutOwn(await everything(sponsor))).toEqual(before);
    // the months that follow are new, and those before them stay
    await close('2025-03-20T00:00:00Z');
    const after = withoutOwn(await everything(sponsor));
    for (const [index, { months }] of before.entries())
      expect(after[index].months.slice(0, months.length)).toEqual(months);
    expect(monthsOf(after, funds[0] as string)).toHaveLength(16);
  });
});

test('the job closes what is over, and is done every month', async () => {
  const { fundJobs } = await import('../jobs.js');
  expect(fundJobs.schedule).toContainEqual({ task: CLOSE_REPORT_MONTH, cron: '0 17 5 * *', atStart: true });
  const fund = await make({ people: [[20, 20]], gifts: [] });
  await api
    .get('fund')
    .asItself((context) => fundJobs.tasks[CLOSE_REPORT_MONTH]?.({} as never, context as FundContext) as Promise<void>);
  expect((await report(sponsor, fund, 2023)).months).toMatchObject([
    { month: 11, applicants: 20 },
    { month: 12, applicants: 0 },
  ]);
  expect((await report(sponsor, fund, 2024)).months).toHaveLength(12);
});
