import { idBelow, type Page } from '../../common/connection.js';
import type { Ask } from '../../common/context.js';
import { type Session, statement } from '../../common/database.js';
import type { AccessLogEntry } from './access-log.js';
import { foreignCount, foreignEntries, LOGGING_SUBGRAPHS } from './access-log.port.js';
import { newest } from './access-log.rules.js';

/** The subject stays here: a physician is named by their entry in the directory, others by their role. */
const OF_PATIENT = statement(
  'access-log-with-physicians',
  `select id, at, role, purpose, record, fields, 'patient' as subgraph,
     case when organisation_id is not null then json_build_object('id', organisation_id) end as organisation,
     case when role = 'PHYSICIAN' then (select physician.id from physician where physician.subject = access_log.subject) end as "physicianId"
   from access_log where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
);
const COUNT = statement('count-access-log', 'select count(*)::int as count from access_log where patient_id = $1');

/** An entry as resolvers hand it on. */
export type AccessLogRow = AccessLogEntry & { readonly physicianId: string | null };

/** Reads who read a patient's records, in all subgraphs that keep some. */
export class AccessLogLoader {
  constructor(
    private readonly session: Session,
    private readonly ask: Ask,
  ) {}

  /** Newest first; one more than the page holds where there are more. @throws {SubgraphUnavailable} */
  async ofPatient(patientId: string, { after, first }: Page): Promise<AccessLogRow[]> {
    // the others first: no connection is held while they are asked
    const others = await Promise.all(
      LOGGING_SUBGRAPHS.map(async (subgraph) =>
        (await foreignEntries(this.ask, subgraph, patientId, after, first + 1)).map(
          (entry) => ({ ...entry, subgraph, organisation: null, physicianId: null }) as AccessLogRow,
        ),
      ),
    );
    const own = await this.session.rows<AccessLogRow>(OF_PATIENT, [patientId, after, first + 1]);
    return newest([own, ...others], first + 1);
  }

  async countOfPatient(patientId: string): Promise<number> {
    const others = await Promise.all(LOGGING_SUBGRAPHS.map((subgraph) => foreignCount(this.ask, subgraph, patientId)));
    const [own] = await this.session.rows<{ count: number }>(COUNT, [patientId]);
    return others.reduce((sum, count) => sum + count, own?.count ?? 0);
  }
}
