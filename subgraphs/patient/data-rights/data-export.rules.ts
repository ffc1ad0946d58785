import { SUBGRAPH_NAMES } from '../../common/settings.js';
import { DataExportStatus } from './data-export.js';

/** How long an export can be read. */
export const EXPORT_KEPT_DAYS = 7;
/** After which an export that is not whole has failed. */
export const EXPORT_FAILS_AFTER_HOURS = 24;

/** One step for each subgraph. */
export const EXPORT_STEPS = SUBGRAPH_NAMES.length;

const DAY_MS = 86_400_000;

export const expiresAt = (finishedAt: Date): Date => new Date(finishedAt.getTime() + EXPORT_KEPT_DAYS * DAY_MS);

/** Where an export stands now: what has expired is so from that moment on, also before it was removed. */
export const statusNow = (status: DataExportStatus, expires: Date | null, now: Date): DataExportStatus =>
  status === DataExportStatus.READY && expires !== null && expires <= now ? DataExportStatus.EXPIRED : status;

/** What the document says of itself, so that somebody who opens it in years knows how to read it. */
const ABOUT =
  'Everything that this service knows about one patient, by part of the service and kind of record, with the names of the API. ' +
  'Amounts are decimal strings, times are UTC. Of other people only their roles are told. ' +
  'Documents are listed with what is known of them; download each one in the app.';

/**
 * The document of an export.
 *
 * @param parts JSON text by subgraph
 */
export function exportDocument(patientId: string, generatedAt: Date, parts: ReadonlyMap<string, string>): string {
  const head = JSON.stringify({
    format: 'care-data-export/1',
    about: ABOUT,
    generatedAt: generatedAt.toISOString(),
    patientId,
  });
  // the parts stand as they came: parsing them would turn long numbers into others
  const each = SUBGRAPH_NAMES.map((name) => `${JSON.stringify(name)}:${parts.get(name) ?? 'null'}`);
  return `${head.slice(0, -1)},"data":{${each.join(',')}}}`;
}
