import { dataOfPatient } from '../../common/data-rights.js';
import { type Executes, type Session, statement } from '../../common/database.js';
import { NotFound } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { enqueue } from '../../common/jobs.js';
import { ensureAllowed } from '../../common/row-rules.js';
import { seal } from '../../common/sealed.js';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../common/settings.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { partPlace } from './data-export.entity.js';
import { EXPORT_FAILS_AFTER_HOURS, EXPORT_STEPS, expiresAt } from './data-export.rules.js';
import { dataElsewhere } from './data-rights.port.js';
import { openOwnData } from './own-data.js';

/** The job that puts an export together. */
export const GATHER_DATA_EXPORT = 'gather-data-export';

export interface RequestDataExport {
  readonly patientId: string;
  readonly idempotencyKey: string;
}

interface OfExport {
  readonly exportId: string;
}

const MAY_TAKE = statement('may-take-data', 'select caller_is_patient($1) or caller_cares_wholly_for($1) as "mayTake"');

/** For the job: what is to be gathered, and what has been. */
const TO_GATHER = statement(
  'data-export-to-gather',
  `select e.patient_id as "patientId", case when p.subject = e.requested_by then p.subject end as subject,
     array(select subgraph from data_export_part where export_id = e.id) as gathered
   from data_export e join patient p on p.id = e.patient_id where e.id = $1 and e.status in ('WAITING', 'RUNNING')`,
);

interface ToGather {
  readonly patientId: string;
  /** Only for the person's own eyes: what they are beside a patient. */
  readonly subject: string | null;
  readonly gathered: readonly SubgraphName[];
}

const gatherLater = (sql: Executes, exportId: string): Promise<void> =>
  enqueue(sql, 'patient', GATHER_DATA_EXPORT, { exportId }, { key: `${GATHER_DATA_EXPORT}:${exportId}` });

/**
 * Asks for everything about a patient. While one export is under way that the caller asked for, it is that one.
 *
 * @returns the export's id
 * @throws {NotFound} {IdempotencyConflict}
 */
export async function requestDataExport(context: PatientContext, input: RequestDataExport): Promise<string> {
  const { session, identity } = context;
  const [row] = await session.rows<{ mayTake: boolean }>(MAY_TAKE, [input.patientId]);
  ensureAllowed(row?.mayTake === true, () => new NotFound('patient', ['input', 'patientId']));
  return once(context, 'requestDataExport', input, async (em) => {
    const id = newId();
    await em.execute(
      `insert into data_export (id, patient_id, requested_by, requested_at, status) values (?, ?, ?, ?, 'WAITING')
       on conflict do nothing`,
      [id, input.patientId, identity.subject, new Date()],
    );
    const [open] = await em.execute<[{ id: string }]>(
      `select id from data_export where patient_id = ? and requested_by = ? and status in ('WAITING', 'RUNNING')`,
      [input.patientId, identity.subject],
    );
    if (open.id === id) await gatherLater(em, id);
    return open.id;
  });
}

/**
 * Gathers what each subgraph knows, one after the other, and goes on where it was stopped. One that does not answer makes the
 * job fail, and so be tried again: none is left out.
 */
export async function gatherDataExport({ exportId }: OfExport, context: PatientContext): Promise<void> {
  const { session } = context;
  const [wanted] = await session.rows<ToGather>(TO_GATHER, [exportId]);
  session.release();
  if (!wanted) return;
  for (const name of SUBGRAPH_NAMES) {
    if (wanted.gathered.includes(name)) continue;
    const content = await contentOf(name, wanted, context);
    const id = newId();
    const sealed = seal(context.fieldKeys, partPlace(id), content);
    await session.decide((sql) => addPart(sql, exportId, { id, subgraph: name, sealed }));
  }
  await session.decide((sql) => finish(sql, exportId, wanted.patientId));
}

async function contentOf(name: SubgraphName, wanted: ToGather, context: PatientContext): Promise<string> {
  if (name !== 'patient') return dataElsewhere(context.ask, name, wanted);
  const own = await dataOfPatient(context.session, wanted);
  context.session.release();
  return openOwnData(own, wanted.patientId, context.fieldKeys);
}

/** What a subgraph gave, sealed under its id. */
interface Part {
  readonly id: string;
  readonly subgraph: SubgraphName;
  readonly sealed: string;
}

async function addPart(sql: Executes, exportId: string, { id, subgraph, sealed }: Part): Promise<void> {
  // held: it may be erased just now, or be gathered twice
  const held = await sql.execute<object[]>(
    `select from data_export where id = ? and status in ('WAITING', 'RUNNING') for update`,
    [exportId],
  );
  if (held.length === 0) return;
  await sql.execute(
    'insert into data_export_part (id, export_id, subgraph, content_sealed) values (?, ?, ?, ?) on conflict do nothing',
    [id, exportId, subgraph, sealed],
  );
  await sql.execute(
    `update data_export set status = 'RUNNING', version = version + 1,
       done = (select count(*) from data_export_part where export_id = ?) where id = ?`,
    [exportId, exportId],
  );
}

async function finish(sql: Executes, exportId: string, patientId: string): Promise<void> {
  const now = new Date();
  const finished = await sql.execute<object[]>(
    `update data_export set status = 'READY', finished_at = ?, expires_at = ?, version = version + 1
     where id = ? and status = 'RUNNING' and done = ? returning id`,
    [now, expiresAt(now), exportId, EXPORT_STEPS],
  );
  if (finished.length > 0) await tell(sql, { patientId, kind: CareNoticeKind.EXPORT_READY, aboutId: exportId });
}

/** Removes what has expired, gives up what is stuck, and begins again what a job has given up on. */
export async function tendDataExports(session: Session): Promise<void> {
  await session.decide(async (sql) => {
    await sql.execute(
      `with over as (
         update data_export set version = version + 1,
           status = case when status = 'READY' then 'EXPIRED' else 'FAILED' end, finished_at = coalesce(finished_at, now())
         where (status = 'READY' and expires_at <= now())
           or (status in ('WAITING', 'RUNNING') and requested_at <= now() - make_interval(hours => ?)) returning id)
       delete from data_export_part using over where export_id = over.id`,
      [EXPORT_FAILS_AFTER_HOURS],
    );
    const stuck = await sql.execute<{ id: string }[]>(
      `select id from data_export where status in ('WAITING', 'RUNNING') and requested_at < now() - interval '10 minutes'`,
    );
    for (const { id } of stuck) await gatherLater(sql, id);
  });
}
