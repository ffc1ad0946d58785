import { LockMode } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import type { PatientContext } from '../context.js';
import { DiagnosisEntity } from './diagnosis.entity.js';
import { DiagnosisDecided } from './diagnosis.errors.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis.js';
import { allowedActions, checkReason, checkReport, decidingRole } from './diagnosis.rules.js';
import { diagnosisPlace } from './hospital.port.js';

export interface ReportDiagnosis {
  readonly patientId: string;
  readonly diseaseId: string;
  readonly hospitalId: string;
  readonly diagnosedOn: string;
  readonly physicianName?: string | null;
  readonly idempotencyKey: string;
}

export interface DecideDiagnosis {
  readonly diagnosisId: string;
  readonly decision: DiagnosisAction;
  readonly reason?: string | null;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/** Reporting a diagnosis, and answering for it. */
export class DiagnosisService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the diagnosis' id
   * @throws {NotFound} {InvalidInput} {IdempotencyConflict}
   */
  async report(input: ReportDiagnosis): Promise<string> {
    const standing = await this.context.care.standing(input.patientId);
    if (!standing?.mayCare) throw new NotFound('patient', ['input', 'patientId']);
    checkReport(input, shanghaiDay(new Date()));
    const place = await diagnosisPlace(this.context.ask, input.diseaseId, input.hospitalId);
    if (!place.diseaseExists) throw new InvalidInput('There is no disease with this id.', ['input', 'diseaseId']);
    const { hospital } = place;
    if (!hospital) throw new InvalidInput('There is no hospital with this id.', ['input', 'hospitalId']);
    return once(this.context, 'reportDiagnosis', input, async (em) => {
      const id = newId();
      em.create(DiagnosisEntity, {
        id,
        patient: input.patientId,
        diseaseId: input.diseaseId,
        hospitalId: input.hospitalId,
        hospitalOrganisationId: hospital.organisationId,
        diagnosedOn: input.diagnosedOn,
        physicianName: input.physicianName?.trim() || null,
        status: DiagnosisStatus.REPORTED,
        createdAt: new Date(),
      });
      return id;
    });
  }

  /**
   * @returns the diagnosis' id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {DiagnosisDecided} {IdempotencyConflict}
   */
  async decide(input: DecideDiagnosis): Promise<string> {
    const { identity } = this.context;
    const role = decidingRole(identity.roles);
    if (!role) throw new NotAllowed('Only the hospital, a physician of it or a reviewer decides about a diagnosis.');
    const reason = checkReason(input.decision, input.reason);
    await this.context.revealByDiagnosis(input.diagnosisId);
    const ofCaller = (await this.context.patients.own())?.id;
    return once(this.context, 'decideDiagnosis', input, async (em) => {
      const diagnosis = await em.findOne(DiagnosisEntity, input.diagnosisId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!diagnosis) throw new NotFound('diagnosis', ['input', 'diagnosisId']);
      const status = diagnosis.status as DiagnosisStatus;
      const actions = allowedActions(status, identity.roles, diagnosis.patient.id === ofCaller);
      if (status !== DiagnosisStatus.REPORTED) throw new DiagnosisDecided(status);
      if (!actions.includes(input.decision)) throw new NotAllowed('Nobody decides about their own diagnosis.');
      if (diagnosis.version !== input.expectedVersion) throw new StaleVersion(diagnosis.version);
      diagnosis.status = input.decision === DiagnosisAction.VERIFY ? DiagnosisStatus.VERIFIED : DiagnosisStatus.REFUSED;
      diagnosis.decidedAt = new Date();
      diagnosis.decidedByRole = role;
      diagnosis.reason = reason;
      return diagnosis.id;
    });
  }
}
