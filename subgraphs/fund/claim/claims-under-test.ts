import { agreeingPatient } from '../../../tests/patients.js';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { aidYear, shanghaiDay } from '../../common/calendar.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { DEMO_POLICY_ID, GENERAL_FUND_ID } from '../demo.js';
import { type LedgerReport, verifyLedger } from '../ledger/verify.js';

export const reviewer = person('demo-reviewer', 'REVIEWER');
export const secondReviewer = person('demo-second-reviewer', 'REVIEWER');
export const finance = person('demo-finance', 'FINANCE');
export const secondFinance = person('demo-second-finance', 'FINANCE');

export const CNY = (amount: string) => ({ amount, currency: 'CNY' });

export const CLAIM = `id number status applicationNumber aidYear fund { id } version allowedActions reason
    expenses { place kind orderLineId invoice { issuer number } incurredOn amount { amount } paidByOthers { payer amount { amount } } selfPaid { amount } }
    asked { amount } paidByOthers { amount } selfPaid { amount } takenBack { amount } enteredAt checkedAt decidedAt paidAt
    award { asked { amount } byPayer { payer amount { amount } } selfPaid { amount } sharePercent limits { limit amount { amount } binding } amount { amount } binding explanation }
    clawBacks { id status amount { amount } cause orderLineId refunded { amount } reason whatToDo version allowedActions }`;
const FAILURE = '__typename ... on UserError { code message path }';
const STEP = `${FAILURE} ... on Claim { ${CLAIM} } ... on StaleVersion { currentVersion } ... on ClaimWrongState { wrongStatus: status permitted }`;
const ANSWERS: Readonly<Record<string, string>> = {
  enterClaim: `${FAILURE} ... on Claim { ${CLAIM} } ... on GrantNotActive { grantStatus: status } ... on ExpenseNotClaimable { problems { expense problem } }`,
  recordRepayment: `${FAILURE} ... on ClawBack { id status amount { amount } whatToDo version allowedActions }
    ... on StaleVersion { currentVersion } ... on ClawBackWrongState { wrongStatus: status permitted }`,
};
const inputOf = (mutation: string) => `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;

/** Somebody who was granted aid. */
export interface Grantee {
  readonly who: Identity;
  readonly patientId: string;
  readonly applicationId: string;
  readonly grantId: string;
}

export interface GrantOptions {
  readonly maximumFen?: bigint;
  readonly tier?: 'I' | 'II' | 'III';
  readonly year?: number;
  readonly capFen?: bigint;
  /** Of somebody who is there already. */
  readonly of?: Pick<Grantee, 'who' | 'patientId'>;
  readonly subject?: string | null;
}

export const thisYear = aidYear(new Date());
export const today = shanghaiDay(new Date());
/** @param days before today, in Shanghai */
export const daysAgo = (days: number): string => shanghaiDay(new Date(Date.now() - days * 86_400_000));

let counter = 0;
export const fresh = (what = 'key'): string => `${what}-${process.pid}-${counter++}`;

/** The fund and its neighbours, with what tests of claims do all the time. */
export class ClaimsUnderTest {
  private constructor(readonly subgraphs: SubgraphsUnderTest) {}

  static async open(name: string): Promise<ClaimsUnderTest> {
    return new ClaimsUnderTest(await openSubgraphs(name));
  }

  async sql<Row extends object = Record<string, never>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.subgraphs.admin.query<Row>(text, values)).rows;
  }

  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.subgraphs.execute('fund', who, query, variables);
    if (errors) throw errors[0];
    return data;
  }

  /** A mutation's answer, with a key of its own where none is given. */
  async does(who: Identity, mutation: string, input: object): Promise<Answer> {
    const answer = await this.sends(who, mutation, input);
    if (answer.errors) throw answer.errors[0];
    return answer.data[mutation];
  }

  sends(who: Identity, mutation: string, input: object): Promise<Answer> {
    const query = `mutation ($input: ${inputOf(mutation)}!) { ${mutation}(input: $input) { ${ANSWERS[mutation] ?? STEP} } }`;
    return this.subgraphs.execute('fund', who, query, { input: { idempotencyKey: fresh(), ...input } });
  }

  /** A patient with an approved application and its grant, for which the general fund has the money. */
  async grantee(options: GrantOptions = {}): Promise<Grantee> {
    const { maximumFen = 2_400_000n, tier = 'II', year = thisYear, capFen = 5_000_000n } = options;
    const subject = options.subject === undefined ? fresh('sub') : options.subject;
    const { who, patientId } = options.of ?? { who: person(subject ?? '', 'PATIENT'), patientId: newId() };
    const [applicationId, grantId] = [newId(), newId()];
    await this.sql('begin');
    if (!options.of) await agreeingPatient(this.subgraphs.admin, { id: patientId, subject });
    await this.sql(
      `insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen,
         status, reviewer_subjects, policy_id, snapshot, created_at, submitted_at, decided_at)
       values ($1, $2, $3, $4, $5, $6, $7, 10000000, 'APPROVED', '{}', $8, '{}', now(), now(), now())`,
      [
        applicationId,
        fresh('RC'),
        patientId,
        options.of && who.roles.includes('PATIENT') ? who.subject : subject,
        newId(),
        GENERAL_FUND_ID,
        year,
        DEMO_POLICY_ID,
      ],
    );
    await this.sql(
      `insert into fund.annual_aid (patient_id, aid_year, cap_fen, granted_fen, awarded_fen, paid_fen) values ($1, $2, $3, $4, 0, 0)
       on conflict (patient_id, aid_year) do update set granted_fen = annual_aid.granted_fen + $4`,
      [patientId, year, capFen, maximumFen],
    );
    await this.sql(
      `insert into fund.aid_grant (id, application_id, patient_id, disease_id, fund_id, aid_year, tier, policy_id, maximum_fen,
         awarded_fen, paid_fen, released_fen, status, created_at)
       select $1, id, patient_id, disease_id, fund_id, aid_year, $3, $4, $5, 0, 0, 0, 'ACTIVE', now() from fund.application where id = $2`,
      [grantId, applicationId, tier, DEMO_POLICY_ID, maximumFen],
    );
    await this.transfer('GRANT', 'AVAILABLE', 'RESERVED', maximumFen, grantId);
    await this.sql('commit');
    return { who, patientId, applicationId, grantId };
  }

  transfer(kind: string, from: string, to: string, fen: bigint, reference: string): Promise<object[]> {
    return this.sql(
      `insert into fund.ledger_transfer (id, fund_id, kind, from_account, to_account, amount_fen, reference_id, by_subject)
       values ($1, $2, $3, $4, $5, $6, $7, 'test')`,
      [newId(), GENERAL_FUND_ID, kind, from, to, fen, reference],
    );
  }

  /** A grant that has ended, with what is left of it given back. */
  async end(grantId: string, status: 'EXPIRED' | 'REVOKED'): Promise<void> {
    await this.sql('begin');
    const [left] = await this.sql<{ fen: string }>(
      'select maximum_fen - awarded_fen as fen from fund.aid_grant where id = $1',
      [grantId],
    );
    const fen = BigInt(left?.fen ?? 0);
    await this.sql('update fund.aid_grant set status = $2, released_fen = $3, version = version + 1 where id = $1', [
      grantId,
      status,
      fen,
    ]);
    await this.sql(
      `update fund.annual_aid y set granted_fen = granted_fen - $2 from fund.aid_grant g
       where g.id = $1 and y.patient_id = g.patient_id and y.aid_year = g.aid_year`,
      [grantId, fen],
    );
    if (fen > 0n) await this.transfer('RELEASE', 'RESERVED', 'AVAILABLE', fen, grantId);
    await this.sql('commit');
  }

  /** An order of one line. @returns the line's id */
  async orderLine(
    { patientId, who, applicationId }: Pick<Grantee, 'patientId' | 'who'> & { applicationId: string | null },
    { fen = 100_000n, status = 'DELIVERED', placedAt = new Date() } = {},
  ): Promise<string> {
    const [order, line] = [newId(), newId()];
    const cancelledAt = status === 'CANCELLED' ? placedAt : null;
    await this.sql(
      `insert into pharmacy.drug_order (id, number, patient_id, patient_subject, application_id, status, placed_at, cancelled_at)
       values ($1, 'RX-2026-' || (900000 + $2::int), $3, $4, $5, $6, $7, $8)`,
      [order, counter++, patientId, who.subject, applicationId, status, placedAt, cancelledAt],
    );
    await this.sql(
      'insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen) values ($1, $2, $3, 1, $4)',
      [line, order, newId(), fen],
    );
    return line;
  }

  invoice(amount: string, paidByOthers: object[] = [], change: object = {}) {
    const invoice = {
      issuer: 'Test hospital',
      number: fresh('INV'),
      incurredOn: today,
      amount: CNY(amount),
      ...change,
    };
    return { invoice, paidByOthers };
  }

  async entered({ who, applicationId }: Grantee, ...expenses: object[]): Promise<Answer> {
    return this.does(who, 'enterClaim', { applicationId, expenses });
  }

  async checked(grantee: Grantee, ...expenses: object[]): Promise<Answer> {
    const claim = await this.entered(grantee, ...expenses);
    return this.does(reviewer, 'checkClaim', { ...stepOf(claim), decision: 'PASS', reason: 'In order.' });
  }

  async approved(grantee: Grantee, ...expenses: object[]): Promise<Answer> {
    const claim = await this.checked(grantee, ...expenses);
    return this.does(finance, 'decideClaim', { ...stepOf(claim), decision: 'APPROVE', reason: 'Right.' });
  }

  async see(who: Identity, id: string): Promise<Answer> {
    return (await this.ask(who, `query ($id: ID!) { claim(id: $id) { __typename ${CLAIM} } }`, { id })).claim;
  }

  /** The state of a grant and its year, in fen as text. */
  async standing(grantId: string): Promise<Answer> {
    const [row] = await this.sql(
      `select g.status, g.awarded_fen as awarded, g.paid_fen as paid, g.released_fen as released,
         y.granted_fen as "yearGranted", y.awarded_fen as "yearAwarded", y.paid_fen as "yearPaid"
       from fund.aid_grant g join fund.annual_aid y using (patient_id, aid_year) where g.id = $1`,
      [grantId],
    );
    return row;
  }

  /** What is wrong in the books: nothing. */
  async wrongInBooks(): Promise<LedgerReport['problems']> {
    return (await verifyLedger(this.subgraphs.admin)).problems;
  }
}

export const stepOf = ({ id, version }: { id: string; version: number }) => ({ claimId: id, expectedVersion: version });
