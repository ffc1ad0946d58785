import { InvalidInput } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis.js';

/** Roles that may say whether a diagnosis is right; which ones of it they see is decided by row rules. */
const DECIDERS: readonly Role[] = ['HOSPITAL', 'PHYSICIAN', 'REVIEWER'];

/** The role in which the caller decides, if they may. */
export const decidingRole = (roles: readonly Role[]): Role | undefined => DECIDERS.find((role) => roles.includes(role));

export function allowedActions(status: DiagnosisStatus, roles: readonly Role[], ofCaller: boolean): DiagnosisAction[] {
  const open = status === DiagnosisStatus.REPORTED;
  return open && !ofCaller && decidingRole(roles) ? [DiagnosisAction.VERIFY, DiagnosisAction.REFUSE] : [];
}

/** @throws {InvalidInput} for a day to come, one before birth, or a text that is too long */
export function checkReport(report: { diagnosedOn: string; physicianName?: string | null }, today: string): void {
  if (report.diagnosedOn > today)
    throw new InvalidInput('The day of the diagnosis is in the future.', ['input', 'diagnosedOn']);
  if ((report.physicianName ?? '').length > 100) {
    throw new InvalidInput("A physician's name has at most 100 characters.", ['input', 'physicianName']);
  }
}

/** @returns the reason, trimmed @throws {InvalidInput} when a refusal has none or one is too long */
export function checkReason(action: DiagnosisAction, reason: string | null | undefined): string | null {
  const given = reason?.trim() || null;
  if (action === DiagnosisAction.REFUSE && !given) {
    throw new InvalidInput('Say why you refuse the diagnosis: the patient reads it.', ['input', 'reason']);
  }
  if (given && given.length > 1000)
    throw new InvalidInput('A reason has at most 1,000 characters.', ['input', 'reason']);
  return given;
}
