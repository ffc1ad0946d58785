import type { PatientContext } from '../context.js';
import { tendDataExports } from './data-export.service.js';
import { resumeErasures } from './erasure.jobs.js';

/** Removes exports that have expired, and begins again what jobs have given up on. */
export const TEND_DATA_RIGHTS = 'tend-data-rights';

export async function tendDataRights({ session }: PatientContext): Promise<void> {
  await tendDataExports(session);
  await resumeErasures(session);
}
