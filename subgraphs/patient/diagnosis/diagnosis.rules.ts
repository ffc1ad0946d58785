import { InvalidInput } from '../../common/errors.js';
import type { Role } from '../../common/identity.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis.js';

/** What a caller is, as far as it matters for who answers for a diagnosis. */
export interface Decider {
  readonly roles: readonly Role[];
  /** Of a hospital partner. */
  readonly organisation?: string;
  /** Where the caller is a verified physician. */
  readonly hospitalId: string | null;
  /** Patients with an application that the caller works on. */
  readonly worksOn: ReadonlySet<string>;
  /** The caller themselves, and whom they act for. */
  readonly actsFor: ReadonlySet<string>;
}

/** Of a diagnosis, what says who answers for it. */
export interface Decided {
  readonly patientId: string;
  readonly hospitalId: string;
  readonly organisationId: string | null;
}

/**
 * The role in which the caller decides about a diagnosis: as the hospital that it names, as a physician of that hospital, or as a
 * reviewer of the patient's application. Undefined for everybody else, and for one's own and those whom one acts for.
 */
export function decidingRole(caller: Decider, { patientId, hospitalId, organisationId }: Decided): Role | undefined {
  if (caller.actsFor.has(patientId)) return undefined;
  const as: Partial<Record<Role, boolean>> = {
    HOSPITAL: organisationId !== null && organisationId === caller.organisation,
    PHYSICIAN: hospitalId === caller.hospitalId,
    REVIEWER: caller.worksOn.has(patientId),
  };
  return caller.roles.find((role) => as[role]);
}

/** Whether somebody of these roles decides about diagnoses at all. */
export const decides = (roles: readonly Role[]): boolean =>
  roles.some((role) => role === 'HOSPITAL' || role === 'PHYSICIAN' || role === 'REVIEWER');

export function allowedActions(status: DiagnosisStatus, role: Role | undefined): DiagnosisAction[] {
  return status === DiagnosisStatus.REPORTED && role ? [DiagnosisAction.VERIFY, DiagnosisAction.REFUSE] : [];
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
