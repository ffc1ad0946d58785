import { isDeepStrictEqual } from 'node:util';
import { shanghaiDay } from '../../subgraphs/common/calendar.js';
import { newId } from '../../subgraphs/common/ids.js';
import { verifyLedger } from '../../subgraphs/fund/ledger/verify.js';
import type { Operation, Play } from './operations.js';
import { insertApplication, person, type Stage, setStage, type World } from './world.js';

const CNY = 'CNY';
const money = (fen: bigint) => ({
  amount: `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`,
  currency: CNY,
});

const FINANCE = person('sim-finance', 'FINANCE');
const SECOND_FINANCE = person('sim-second-finance', 'FINANCE');
const REVIEWER = person('sim-reviewer', 'REVIEWER');
const SECOND_REVIEWER = person('sim-second-reviewer', 'REVIEWER');

/** Something that must hold does not. */
export class Broken extends Error {}

/** What came of a mutation: the type of its answer, and the id of what it made. */
interface Outcome {
  readonly type: string;
  readonly id: string | null;
  readonly code: string | null;
}

/** A mutation that was sent, so that it can be sent again. */
interface Sent {
  readonly who: typeof FINANCE;
  readonly mutation: string;
  readonly input: Record<string, unknown>;
  readonly outcome: Outcome;
}

const SUCCESS: Readonly<Record<string, string>> = {
  pledgeContribution: 'Contribution',
  clearContribution: 'Contribution',
  bounceContribution: 'Contribution',
  takeReview: 'Application',
  decideReview: 'Application',
  withdrawApplication: 'Application',
  enterClaim: 'Claim',
  checkClaim: 'Claim',
  decideClaim: 'Claim',
  withdrawClaim: 'Claim',
  reverseClaim: 'Claim',
  recordRepayment: 'ClawBack',
  createPayoutBatch: 'PayoutBatch',
  releasePayoutBatch: 'PayoutBatch',
  cancelPayoutBatch: 'PayoutBatch',
  recordBankAnswer: 'BankAnswerReport',
  revokeGrant: 'Grant',
};

/** Plays one sequence on a fund of its own, and looks after it whether everything that must hold holds. */
export class Player {
  private readonly sent: Sent[] = [];

  private constructor(
    private readonly world: World,
    private readonly stage: Stage,
  ) {}

  /**
   * @returns how many requests were sent
   * @throws {Broken} when something does not hold
   */
  static async play(world: World, { accounts, operations }: Play): Promise<number> {
    const player = new Player(world, await setStage(world, accounts));
    let running: Promise<void>[] = [];
    for (const operation of operations) {
      running.push(player.do(operation));
      if (operation.together) continue;
      await Promise.all(running);
      running = [];
    }
    await Promise.all(running);
    await player.sendAgain();
    await player.world.doJobs(player.stage.fundId, 1);
    await player.check();
    return player.sent.length;
  }

  private async do(operation: Operation): Promise<void> {
    const { copies } = operation;
    switch (operation.kind) {
      case 'contribute': {
        const { fundId } = this.stage;
        const input = { fundId, amount: money(operation.fen), source: 'PUBLIC' };
        const pledged = await this.send(FINANCE, 'pledgeContribution', input, copies);
        if (pledged.id === null) return;
        const contributionId = pledged.id;
        await this.send(FINANCE, 'clearContribution', { contributionId, expectedVersion: 1 }, copies);
        return;
      }
      case 'bounce':
        return this.change('contribution', operation.of, (contributionId, expectedVersion) =>
          this.send(FINANCE, 'bounceContribution', { contributionId, expectedVersion, reason: 'It bounced.' }, copies),
        );
      case 'apply':
        return this.apply(operation.patient, operation.disease, operation.expenseFen);
      case 'approve':
      case 'reject':
        return this.change('application', operation.of, (applicationId, expectedVersion) =>
          this.review(applicationId, expectedVersion, operation.kind === 'approve' ? 'APPROVE' : 'REJECT', copies),
        );
      case 'withdraw':
        return this.change('application', operation.of, (applicationId, expectedVersion, subject) =>
          this.send(person(subject, 'PATIENT'), 'withdrawApplication', { applicationId, expectedVersion }, copies),
        );
      case 'claim':
        return this.change('application', operation.of, (applicationId, _, subject) => {
          const invoice = {
            issuer: this.stage.fundId,
            number: `I-${operation.invoice}`,
            incurredOn: shanghaiDay(new Date()),
            amount: money(operation.fen),
          };
          return this.send(
            person(subject, 'PATIENT'),
            'enterClaim',
            { applicationId, expenses: [{ invoice, paidByOthers: [] }] },
            copies,
          );
        });
      case 'claimOrder':
        return this.change('application', operation.of, async (applicationId, _, subject) => {
          const orderLineId = await this.orderLine(applicationId, operation.order);
          if (!orderLineId) return;
          await this.send(
            person(subject, 'PATIENT'),
            'enterClaim',
            { applicationId, expenses: [{ orderLineId, paidByOthers: [] }] },
            copies,
          );
        });
      case 'check':
        return this.change('claim', operation.of, (claimId, expectedVersion) =>
          this.send(REVIEWER, 'checkClaim', { claimId, expectedVersion, decision: 'PASS', reason: 'Seen.' }, copies),
        );
      case 'decide':
        return this.change('claim', operation.of, (claimId, expectedVersion) =>
          this.send(
            FINANCE,
            'decideClaim',
            { claimId, expectedVersion, decision: 'APPROVE', reason: 'Right.' },
            copies,
          ),
        );
      case 'withdrawClaim':
        return this.change('claim', operation.of, (claimId, expectedVersion, subject) =>
          this.send(person(subject, 'PATIENT'), 'withdrawClaim', { claimId, expectedVersion }, copies),
        );
      case 'reverse':
        return this.change('claim', operation.of, (claimId, expectedVersion) =>
          this.send(SECOND_FINANCE, 'reverseClaim', { claimId, expectedVersion, reason: 'A mistake.' }, copies),
        );
      case 'refund':
        return this.refund(operation.order, operation.fen, copies);
      case 'repay':
        return this.change('claw_back', operation.of, (clawBackId, expectedVersion) =>
          this.send(FINANCE, 'recordRepayment', { clawBackId, expectedVersion }, copies),
        );
      case 'batch':
        await this.send(FINANCE, 'createPayoutBatch', { fundId: this.stage.fundId }, copies);
        return;
      case 'release':
      case 'cancel':
        return this.change('payout_batch', operation.of, (batchId, expectedVersion) =>
          this.send(SECOND_FINANCE, `${operation.kind}PayoutBatch`, { batchId, expectedVersion }, copies),
        );
      case 'answer':
        return this.answer(operation.of, operation.returned, copies);
      case 'revoke':
        return this.change('aid_grant', operation.of, (grantId, expectedVersion) =>
          this.send(FINANCE, 'revokeGrant', { grantId, expectedVersion, reason: 'Given by mistake.' }, copies),
        );
      case 'expire':
        await Promise.all(Array.from({ length: copies }, () => this.world.expire(this.stage.fundId)));
        return;
      case 'jobs':
        return this.world.doJobs(this.stage.fundId, copies, 2);
    }
  }

  /** An application that has come to the last look at the money, as the steps before it leave it. */
  private async apply(patient: number, disease: number, expenseFen: bigint): Promise<void> {
    const { fundId, patients, diseaseIds } = this.stage;
    const { id, subject } = patients[patient % patients.length] as Stage['patients'][number];
    const diseaseId = diseaseIds[disease % diseaseIds.length] as string;
    const ready = { fundId, patientId: id, subject, diseaseId, expenseFen, reviewer: REVIEWER.subject };
    const applicationId = await insertApplication(this.world.admin, ready);
    if (applicationId === null) return;
    await this.world.admin.query(
      `with ordered as (
         insert into pharmacy.drug_order (id, number, patient_id, patient_subject, application_id, status, placed_at)
         values (gen_random_uuid(), 'RX-2026-' || (900000000000 + floor(random() * 99999999999))::bigint, $1, $2, $3, 'DELIVERED', now()) returning id)
       insert into pharmacy.drug_order_line (id, order_id, medicine_id, quantity, unit_price_fen)
       select gen_random_uuid(), id, gen_random_uuid(), n, 100000 * n + 33 from ordered cross join generate_series(1, 2) n`,
      [id, subject, applicationId],
    );
  }

  private async review(
    applicationId: string,
    expectedVersion: number,
    decision: string,
    copies: number,
  ): Promise<void> {
    const decide = { applicationId, decision, reason: 'As the papers say.' };
    await this.send(REVIEWER, 'decideReview', { ...decide, expectedVersion }, copies);
    const [row] = await this.rows<{ version: number; open: boolean }>(
      `select version, open_stage is not null and open_reviewer is null as open from fund.application where id = $1`,
      [applicationId],
    );
    if (!row?.open) return;
    // a large one: another looks at it too
    await this.send(SECOND_REVIEWER, 'takeReview', { applicationId, expectedVersion: row.version }, copies);
    await this.send(SECOND_REVIEWER, 'decideReview', { ...decide, expectedVersion: row.version + 1 }, copies);
  }

  private async orderLine(applicationId: string, which: number): Promise<string | undefined> {
    const lines = await this.rows<{ id: string }>(
      `select line.id from pharmacy.drug_order_line line join pharmacy.drug_order o on o.id = order_id
       where application_id = $1 order by line.id`,
      [applicationId],
    );
    return lines[which % Math.max(1, lines.length)]?.id;
  }

  private async refund(which: number, fen: bigint, copies: number): Promise<void> {
    const lines = await this.rows<{ id: string; total: string }>(
      `select line.id, quantity * unit_price_fen as total from pharmacy.drug_order_line line join pharmacy.drug_order o on o.id = order_id
       where patient_id = any($1) order by line.id`,
      [this.stage.patients.map(({ id }) => id)],
    );
    const line = lines[which % Math.max(1, lines.length)];
    if (!line) return;
    const refunded = fen < BigInt(line.total) ? fen : BigInt(line.total);
    const tell = () =>
      this.world.tell(
        'mutation($id: ID!, $amount: MoneyInput!) { orderLineRefunded(orderLineId: $id, refunded: $amount) }',
        {
          id: line.id,
          amount: money(refunded),
        },
      );
    for (const { errors } of await Promise.all(Array.from({ length: copies }, tell))) {
      if (errors) throw new Broken(`orderLineRefunded: ${errors[0]?.message}`);
    }
  }

  /**
   * The bank's answer to a batch comes in by hand, while it may come by itself as well: what it did, as far as it has been
   * told to do anything. `returned`: money that it has paid came back to it first, as an account was closed.
   */
  private async answer(which: number, returned: boolean, copies: number): Promise<void> {
    const [batch] = await this.rows<{ messageId: string }>(
      `select distinct message_id as "messageId" from fund.simulated_bank_payment join fund.payout using (end_to_end_id)
       where fund_id = $1 order by 1 offset $2 limit 1`,
      [this.stage.fundId, which],
    );
    if (!batch) return;
    const { messageId } = batch;
    if (returned) {
      await this.rows(
        `update fund.simulated_bank_payment set outcome = 'REJECTED', reason_code = 'AC04' where message_id = $1 and outcome like 'SETTLED%'`,
        [messageId],
      );
    }
    const pain002 = await this.world.bankAnswer(messageId);
    await this.send(FINANCE, 'recordBankAnswer', { pain002 }, copies);
  }

  /** Does something with one of the rows of this fund, as it stands now. */
  private async change(
    table: 'contribution' | 'application' | 'claim' | 'claw_back' | 'payout_batch' | 'aid_grant',
    which: number,
    work: (id: string, version: number, subject: string) => Promise<unknown>,
  ): Promise<void> {
    const subject = table === 'application' || table === 'claim' ? 'patient_subject' : 'null::text';
    const rows = await this.rows<{ id: string; version: number; subject: string | null }>(
      `select id, version, ${subject} as subject from fund.${table} where fund_id = $1 order by id`,
      [this.stage.fundId],
    );
    const row = rows[which % Math.max(1, rows.length)];
    if (row) await work(row.id, row.version, row.subject ?? '');
  }

  private async rows<Row extends object>(sql: string, values: unknown[]): Promise<Row[]> {
    return (await this.world.admin.query<Row>(sql, values)).rows;
  }

  /** Sends a mutation so many times at once under one key. @returns what came of it */
  private async send(who: typeof FINANCE, mutation: string, given: object, copies: number): Promise<Outcome> {
    const input = { ...given, idempotencyKey: newId() };
    const outcomes = await Promise.all(Array.from({ length: copies }, () => this.once(who, mutation, input)));
    const done = outcomes.filter(({ type }) => type === SUCCESS[mutation]);
    const first = (done[0] ?? outcomes[0]) as Outcome;
    if (new Set(done.map(({ id }) => id)).size > 1) throw new Broken(`${mutation}: one key did two things`);
    // who comes second under the same key waits for the first and gets its answer, never a conflict
    if (outcomes.some(({ code }) => code === 'IDEMPOTENCY_CONFLICT'))
      throw new Broken(`${mutation}: a conflict with itself`);
    if (done.length > 0 && done.length < copies) {
      // a copy may have been refused before the first one began; sent again it gets the first one's answer
      const again = await this.once(who, mutation, input);
      if (!isDeepStrictEqual(again.id, first.id)) throw new Broken(`${mutation}: a copy was answered otherwise`);
    }
    this.sent.push({ who, mutation, input, outcome: first });
    return first;
  }

  private async once(who: typeof FINANCE, mutation: string, input: object): Promise<Outcome> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const success = SUCCESS[mutation] as string;
    const id = success === 'BankAnswerReport' ? '' : `... on ${success} { id }`;
    const query = `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ${id} ... on UserError { code message } } }`;
    const { data, errors } = await this.world.execute(who, query, { input });
    if (errors?.[0])
      throw new Broken(`${mutation}: ${errors[0].message} ${JSON.stringify(errors[0].extensions ?? {})}`);
    const answer = (data as Record<string, { __typename: string; id?: string; code?: string }>)[mutation];
    return { type: answer?.__typename ?? '', id: answer?.id ?? null, code: answer?.code ?? null };
  }

  /** A client that never heard an answer asks again, much later; and another uses the same key for something else. */
  private async sendAgain(): Promise<void> {
    for (const { who, mutation, input, outcome } of this.sent) {
      if (outcome.type !== SUCCESS[mutation]) continue;
      const again = await this.once(who, mutation, input);
      if (again.type !== outcome.type || again.id !== outcome.id) {
        throw new Broken(`${mutation}: the same key was answered ${outcome.type}, then ${again.type}`);
      }
      const other = 'reason' in input ? { ...input, reason: 'Something else.' } : { ...input, amount: money(123n) };
      if (!('reason' in input) && !('amount' in input)) continue;
      const conflict = await this.once(who, mutation, other);
      if (conflict.code !== 'IDEMPOTENCY_CONFLICT')
        throw new Broken(`${mutation}: another input under the same key was ${conflict.type}`);
    }
  }

  private async check(): Promise<void> {
    const { problems } = await verifyLedger(this.world.admin, { fundId: this.stage.fundId });
    if (problems.length > 0)
      throw new Broken(problems.map(({ sentence, rows }) => `${sentence} ${JSON.stringify(rows)}`).join('\n'));
  }
}
