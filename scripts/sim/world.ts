import { type Client, Pool } from 'pg';
import { closeSubgraphs, openSubgraphs } from '../../subgraphs/all.js';
import { aidYear } from '../../subgraphs/common/calendar.js';
import { type Identity, ROLE_SCOPES, type Role } from '../../subgraphs/common/identity.js';
import { newId } from '../../subgraphs/common/ids.js';
import type { Jobs } from '../../subgraphs/common/jobs.js';
import { servingUrl } from '../../subgraphs/common/migrate.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import { type FieldKeys, readFieldKeys, seal } from '../../subgraphs/common/sealed.js';
import type { Subgraph, SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { FundContext } from '../../subgraphs/fund/context.js';
import { expireGrants } from '../../subgraphs/fund/grant/grant-end.service.js';
import { fundJobs } from '../../subgraphs/fund/jobs.js';
import { sealedPlaces } from '../../subgraphs/patient/payout-account/payout-account.entity.js';

/** Sequences that are played at the same time: one alone would wait for the database most of its time. */
export const STREAMS = 2;

/** Somebody who acts in the simulation. */
export const person = (subject: string, role: Role): Identity => ({
  subject,
  roles: [role],
  scopes: ROLE_SCOPES[role],
});

/** The five subgraphs on a real database, without a gateway and without workers: jobs are done when the simulation says so. */
export class World {
  private constructor(
    private readonly subgraphs: ReadonlyMap<string, Subgraph>,
    readonly admin: Pool,
    readonly keys: FieldKeys,
  ) {}

  /** @param adminUrl the administrator's, of a database that has been prepared, with the demo */
  static async open(adminUrl: string, secret: string, keysDir: string): Promise<World> {
    const keys = readFieldKeys(keysDir);
    const subgraphs = await openSubgraphs((name) => servingUrl(adminUrl, name, secret), 5 * STREAMS, keys);
    const admin = new Pool({ connectionString: adminUrl, max: 2 * STREAMS });
    // the server may be stopped before all idle connections are gone
    admin.on('error', () => undefined);
    return new World(subgraphs, admin, keys);
  }

  /** Executes one operation of the fund, as the gateway would have it done. */
  execute(who: Identity, query: string, variables: Record<string, unknown>): Promise<SubgraphResult> {
    return this.fund.request({ identity: who, locale: Locale.EN, trace: '' }).execute({ query, variables });
  }

  /** Asks the fund as the pharmacy does when it has something to tell. */
  tell(query: string, variables: Record<string, unknown>): Promise<SubgraphResult> {
    const identity: Identity = { subject: 'system:pharmacy', roles: [], scopes: ['service:pharmacy'], via: 'pharmacy' };
    return this.execute(identity, query, variables);
  }

  /**
   * Does the jobs that are waiting for this fund, each `times` times at once, and those that follow from them.
   *
   * @param rounds how often it looks for what has followed: some jobs ask again and again
   */
  async doJobs(fundId: string, times: number, rounds = 6): Promise<void> {
    const tasks = fundJobs.tasks as Jobs<unknown>['tasks'];
    for (let round = 0; round < rounds; round++) {
      const { rows } = await this.admin.query<{ task: string; payload: object }>(
        `delete from fund_jobs._private_jobs job using fund_jobs._private_tasks task
         where task.id = task_id and coalesce(payload->>'fundId', (
           select fund_id::text from fund.payout_batch where id = (payload->>'batchId')::uuid), (
           select fund_id::text from fund.expense_line join fund.claim on claim.id = claim_id
           where order_line_id = (payload->>'orderLineId')::uuid and counts limit 1)) = $1
         returning task.identifier as task, payload`,
        [fundId],
      );
      if (rows.length === 0) return;
      for (const { task, payload } of rows) {
        const work = tasks[task] as (payload: object, context: unknown) => Promise<void>;
        const once = () => this.fund.asItself((context) => work(payload, context));
        await Promise.all(Array.from({ length: times }, once));
      }
    }
  }

  /** Ends the grants of a fund as if two years had gone by. */
  expire(fundId: string): Promise<void> {
    const later = new Date(Date.now() + 2 * 366 * 86_400_000);
    return this.fund.asItself((context) => expireGrants({ fundId }, context as FundContext, later));
  }

  /** What the simulated bank says of a file that it was sent. */
  bankAnswer(messageId: string): Promise<string | null> {
    return this.fund.asItself((context) => (context as FundContext).bank.answerTo(messageId));
  }

  async close(): Promise<void> {
    await closeSubgraphs(this.subgraphs);
    await this.admin.end();
  }

  private get fund(): Subgraph {
    return this.subgraphs.get('fund') as Subgraph;
  }
}

/** Where one sequence plays: a fund and patients of its own, so that sequences do not meet. */
export interface Stage {
  readonly fundId: string;
  readonly diseaseIds: readonly string[];
  readonly patients: readonly { readonly id: string; readonly subject: string }[];
}

const DISEASES = 4;

/** @param accounts the account of each patient: its last digits say what the simulated bank does with it */
export async function setStage(
  { admin, keys }: { readonly admin: Client | Pool; readonly keys: FieldKeys },
  accounts: readonly string[],
): Promise<Stage> {
  const fundId = newId();
  const diseaseIds = Array.from({ length: DISEASES }, newId);
  const patients = accounts.map(() => {
    const id = newId();
    return { id, subject: `sim-${id}` };
  });
  await admin.query(
    `insert into fund.fund (id, code, name_en, name_zh, status) values ($1, $2, 'Simulated', '模拟', 'OPEN')`,
    [fundId, `SIM-${fundId}`],
  );
  await admin.query('insert into fund.fund_disease (fund_id, disease_id) select $1, unnest($2::uuid[])', [
    fundId,
    diseaseIds,
  ]);
  await admin.query(
    `insert into patient.patient (id, subject, display_name, birth_date, sex, region, created_at)
     select id, subject, 'Simulated', '1990-01-01', 'OTHER', 'Nowhere', now() from unnest($1::uuid[], $2::text[]) as p (id, subject)`,
    [patients.map(({ id }) => id), patients.map(({ subject }) => subject)],
  );
  await admin.query(
    `insert into patient.consent (id, patient_id, purpose, text_number, given_at, given_by)
     select gen_random_uuid(), id, 'AID_REVIEW', 1, now(), subject from patient.patient where id = any($1)`,
    [patients.map(({ id }) => id)],
  );
  const places = patients.map(({ id }) => sealedPlaces(id));
  await admin.query(
    `insert into patient.payout_account (patient_id, holder_sealed, account_sealed, bank_code, masked, changed_at)
     select id, holder, account, '999000000001', '**** ' || right(number, 4), now()
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as a (id, holder, account, number)`,
    [
      patients.map(({ id }) => id),
      places.map(({ holder }) => seal(keys, holder, 'Simulated')),
      places.map(({ account }, index) => seal(keys, account, accounts[index] as string)),
      accounts,
    ],
  );
  return { fundId, diseaseIds, patients };
}

/**
 * Applications of a patient that have come to the last look at the money, as the steps before it leave them: one a disease.
 *
 * @param subject who signs in for the patient
 * @returns the id; null when the patient has an open application for the disease already
 */
export async function insertApplication(
  admin: Client | Pool,
  { fundId, patientId, subject, diseaseId, expenseFen, reviewer }: ReadyApplication,
): Promise<string | null> {
  const id = newId();
  const { rowCount } = await admin.query(
    `with made as (
       insert into fund.application (id, number, patient_id, patient_subject, disease_id, fund_id, aid_year, expected_expense_fen, status,
         open_stage, open_reviewer, reviewer_subjects, policy_id, snapshot, created_at, submitted_at)
       select $1::uuid, 'SIM-' || $1::text, $2, $3, $4, $5, $6, $7, 'IN_REVIEW', 'FINANCIAL', $8, array[$8], id, '{}', now(), now()
       from fund.aid_policy order by number limit 1
       on conflict do nothing returning id)
     insert into fund.review (id, application_id, stage, reviewer_subject, opened_at, taken_at)
     select gen_random_uuid(), id, 'FINANCIAL', $8, now(), now() from made`,
    [id, patientId, subject, diseaseId, fundId, aidYear(new Date()), expenseFen, reviewer],
  );
  return rowCount === 1 ? id : null;
}

export interface ReadyApplication {
  readonly fundId: string;
  readonly patientId: string;
  readonly subject: string;
  readonly diseaseId: string;
  readonly expenseFen: bigint;
  /** Who has taken it. */
  readonly reviewer: string;
}
