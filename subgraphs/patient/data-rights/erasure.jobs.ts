import {
  closePatient,
  type ErasedPerson,
  type ErasedRows,
  erasePatient,
  tracesOfPatient,
} from '../../common/data-rights.js';
import { type Session, statement } from '../../common/database.js';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../common/settings.js';
import type { PatientContext } from '../context.js';
import { closeElsewhere, eraseElsewhere, tracesElsewhere } from './data-rights.port.js';
import { type CertifiedErasure, certificateContent, ERASURE_ORDER } from './erasure.rules.js';
import { eraseLater } from './erasure.service.js';
import { findObstacles } from './obstacles.js';
import { signCertificate } from './signing.js';

interface OfErasure {
  readonly erasureId: string;
}

/** Something of the person is still there: what says so is done once more. */
class TracesLeft extends Error {}

/** An erasure that is under way. */
interface UnderWay extends ErasedPerson {
  readonly requestedAt: Date;
  readonly beganAt: Date;
  /** Nothing stood in the way, and from here there is no way back. */
  readonly decided: boolean;
  readonly done: ReadonlySet<SubgraphName>;
}

const UNDER_WAY = statement(
  'erasure-under-way',
  `select patient_id as "patientId", subject, requested_at as "requestedAt", began_at as "beganAt",
     decided_at is not null as decided, array(select subgraph from erasure_step where erasure_id = erasure.id and status = 'DONE') as done
   from erasure where id = $1 and status = 'RUNNING'`,
);

const FILES = statement(
  'files-of-patient',
  'select object_key as key from document where patient_id = $1 and object_key is not null',
);

/**
 * Erases a person, and goes on where it was stopped. First nothing may begin for them any more; if something is under way by
 * then, nothing is erased. Then each subgraph erases in one transaction and says what it did, and at last each is asked whether
 * it still finds anything. Until all have said no, it fails and is tried again.
 *
 * @throws {SubgraphUnavailable} {TracesLeft} so that the job is repeated
 */
export async function erasePerson({ erasureId }: OfErasure, context: PatientContext): Promise<void> {
  const { session } = context;
  await begin(session, erasureId);
  const erasure = await underWay(session, erasureId);
  if (!erasure) return;
  if (!erasure.decided && !(await decide(context, erasureId, erasure))) return;
  for (const subgraph of ERASURE_ORDER) {
    if (!erasure.done.has(subgraph))
      await stepDone(session, erasureId, subgraph, await erase(context, subgraph, erasure));
  }
  const left: SubgraphName[] = [];
  for (const subgraph of ERASURE_ORDER) if ((await traces(context, subgraph, erasure)) > 0) left.push(subgraph);
  if (left.length > 0) {
    await again(session, erasureId, left);
    throw new TracesLeft();
  }
  await certify(context, erasureId, erasure);
}

const begin = (session: Session, id: string): Promise<void> =>
  session.decide(async (sql) => {
    const began = await sql.execute<object[]>(
      `update erasure set status = 'RUNNING', began_at = now() where id = ? and status = 'WAITING' returning id`,
      [id],
    );
    if (began.length === 0) return;
    for (const subgraph of ERASURE_ORDER) {
      sql.send(`insert into erasure_step (erasure_id, subgraph, status) values (?, ?, 'WAITING')`, [id, subgraph]);
    }
  });

async function underWay(session: Session, id: string): Promise<UnderWay | undefined> {
  type Row = ErasedPerson & { requestedAt: string; beganAt: string; decided: boolean; done: SubgraphName[] };
  const [row] = await session.rows<Row>(UNDER_WAY, [id]);
  session.release();
  return (
    row && {
      ...row,
      requestedAt: new Date(row.requestedAt),
      beganAt: new Date(row.beganAt),
      done: new Set(row.done),
    }
  );
}

/** @returns whether the person is to be erased. Asked again after a crash, until it has been written down. */
async function decide(context: PatientContext, id: string, erasure: UnderWay): Promise<boolean> {
  await close(context, erasure.patientId, true);
  const obstacles = await findObstacles(context, erasure);
  context.session.release();
  if (obstacles.length > 0) await close(context, erasure.patientId, false);
  await context.session.decide((sql) =>
    obstacles.length > 0
      ? sql.execute(
          `update erasure set status = 'BLOCKED', obstacles = ?::jsonb, subject = null, finished_at = now() where id = ? and status = 'RUNNING'`,
          [JSON.stringify(obstacles), id],
        )
      : sql.execute(`update erasure set decided_at = now() where id = ? and decided_at is null`, [id]),
  );
  return obstacles.length === 0;
}

async function close({ session, ask }: PatientContext, patientId: string, closed: boolean): Promise<void> {
  for (const name of SUBGRAPH_NAMES) {
    if (name === 'patient') await closePatient(session, patientId, closed);
    else await closeElsewhere(ask, name, patientId, closed);
  }
}

async function erase(
  context: PatientContext,
  subgraph: SubgraphName,
  { patientId, subject }: ErasedPerson,
): Promise<ErasedRows> {
  if (subgraph !== 'patient') return eraseElsewhere(context.ask, subgraph, { patientId, subject });
  await removeFiles(context, patientId);
  return erasePatient(context.session, { patientId, subject });
}

/** Before the rows that say where they lie. One that is uploaded just now belongs to no row then, and is collected as an orphan. */
async function removeFiles({ session, documentStore }: PatientContext, patientId: string): Promise<void> {
  const files = await session.rows<{ key: string }>(FILES, [patientId]);
  session.release();
  for (const { key } of files) await documentStore.delete(key);
}

async function traces(
  { session, ask }: PatientContext,
  subgraph: SubgraphName,
  { patientId, subject, beganAt }: UnderWay,
): Promise<number> {
  if (subgraph !== 'patient') return tracesElsewhere(ask, subgraph, { patientId, subject }, beganAt);
  const count = await tracesOfPatient(session, { patientId, subject }, beganAt);
  session.release();
  return count;
}

const stepDone = (session: Session, id: string, subgraph: SubgraphName, rows: ErasedRows): Promise<unknown> =>
  session.decide((sql) =>
    sql.execute(
      `update erasure_step set status = 'DONE', deleted = ?, pseudonymised = ?, finished_at = now()
       where erasure_id = ? and subgraph = ? and status = 'WAITING'`,
      [rows.deleted, rows.pseudonymised, id, subgraph],
    ),
  );

const again = (session: Session, id: string, left: readonly SubgraphName[]): Promise<unknown> =>
  session.decide((sql) =>
    sql.execute(
      `update erasure_step set status = 'WAITING', finished_at = null where erasure_id = ? and subgraph = any(?::text[])
         and exists (select from erasure where id = erasure_id and status = 'RUNNING')`,
      [id, left],
    ),
  );

/** Writes the certificate, and forgets who it was about. */
const certify = ({ session, fieldKeys }: PatientContext, id: string, { requestedAt }: UnderWay): Promise<void> =>
  session.decide(async (sql) => {
    const held = await sql.execute<object[]>(`select from erasure where id = ? and status = 'RUNNING' for update`, [
      id,
    ]);
    if (held.length === 0) return;
    const steps = await sql.execute<(Omit<CertifiedErasure['steps'][number], 'finishedAt'> & { finishedAt: string })[]>(
      `select subgraph, deleted, pseudonymised, finished_at as "finishedAt" from erasure_step
       where erasure_id = ? and status = 'DONE' order by finished_at, subgraph`,
      [id],
    );
    // somebody else has found traces meanwhile
    if (steps.length < ERASURE_ORDER.length) throw new TracesLeft();
    const finishedAt = new Date();
    const content = certificateContent({
      id,
      requestedAt,
      finishedAt,
      steps: steps.map((step) => ({ ...step, finishedAt: new Date(step.finishedAt) })),
    });
    await sql.execute(
      `update erasure set status = 'FINISHED', finished_at = ?, certificate = ?, signature = ?, patient_id = null, subject = null where id = ?`,
      [finishedAt, content, signCertificate(fieldKeys, id, content), id],
    );
  });

/** Begins again what a job has given up on: an erasure that was asked for ends. */
export async function resumeErasures(session: Session): Promise<void> {
  await session.decide(async (sql) => {
    const stuck = await sql.execute<{ id: string }[]>(
      `select id from erasure where status in ('WAITING', 'RUNNING') and requested_at < now() - interval '10 minutes'`,
    );
    for (const { id } of stuck) await eraseLater(sql, id);
  });
}
