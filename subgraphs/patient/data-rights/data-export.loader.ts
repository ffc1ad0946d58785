import { loggedStatement, type Shows } from '../../common/access-log.js';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { type FieldKeys, open } from '../../common/sealed.js';
import { partPlace } from './data-export.entity.js';
import type { DataExport, DataExportStatus } from './data-export.js';
import { EXPORT_STEPS, exportDocument, statusNow } from './data-export.rules.js';

/** An export with whom it is about. */
export type LoadedDataExport = DataExport & { readonly patientId: string };

const COLUMNS = `id, patient_id as "patientId", status, done, requested_at as "requestedAt", finished_at as "finishedAt",
  expires_at as "expiresAt", version`;
const SHOWS: Shows = { record: 'DataExport', fields: ['status'] };
const BY_ID = loggedStatement('data-export-by-id', `select ${COLUMNS} from data_export where id = $1`, SHOWS);
const OF_PATIENT = loggedStatement(
  'data-exports-of-patient',
  `select ${COLUMNS} from data_export where patient_id = $1 and ${idBelow('$2')} order by id desc limit $3`,
  { ...SHOWS, page: { limit: '$3' } },
);
const COUNT = statement(
  'count-data-exports-of-patient',
  'select count(*)::int as count from data_export where patient_id = $1',
);
const CONTENT = loggedStatement(
  'data-export-content',
  `select e.id, patient_id as "patientId", part.id as "partId", subgraph, content_sealed as sealed from data_export e
   join data_export_part part on export_id = e.id where e.id = $1 and status = 'READY' and expires_at > now()`,
  { record: 'DataExport', fields: ['content'] },
);

type Row = Omit<LoadedDataExport, 'progress'> & { readonly done: number };

function loaded({ done, status, ...row }: Row): LoadedDataExport {
  const expires = row.expiresAt === null ? null : new Date(row.expiresAt);
  return {
    ...row,
    status: statusNow(status as DataExportStatus, expires, new Date()),
    progress: { done, total: EXPORT_STEPS },
  };
}

/** Reads exports as the caller may see them. */
export class DataExportLoader {
  constructor(
    private readonly session: Session,
    private readonly fieldKeys: FieldKeys,
  ) {}

  async byId(id: string): Promise<LoadedDataExport | null> {
    const [row] = await this.session.seen<Row>(BY_ID, [id]);
    return row ? loaded(row) : null;
  }

  /** Newest first; one more than the page holds where there are more. */
  async ofPatient(id: string, { after, first }: Page): Promise<LoadedDataExport[]> {
    return (await this.session.seen<Row>(OF_PATIENT, [id, after, first + 1])).map(loaded);
  }

  async countOfPatient(id: string): Promise<number> {
    return this.session.count(COUNT, [id]);
  }

  /** The document, opened; null when it is not whole, has expired or is not for the caller. @throws {CannotOpen} */
  async content({ id, patientId, finishedAt }: LoadedDataExport): Promise<string | null> {
    const rows = await this.session.seen<{ partId: string; subgraph: string; sealed: string }>(CONTENT, [id]);
    if (rows.length < EXPORT_STEPS || finishedAt === null) return null;
    const parts = rows.map(
      ({ partId, subgraph, sealed }) => [subgraph, open(this.fieldKeys, partPlace(partId), sealed)] as const,
    );
    return exportDocument(patientId, new Date(finishedAt), new Map(parts));
  }
}
