import { LockMode } from '@mikro-orm/core';
import { shanghaiDay } from '../../common/calendar.js';
import { InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PatientContext } from '../context.js';
import { CareNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { DiagnosisEntity } from './diagnosis.entity.js';
import { DiagnosisDecided } from './diagnosis.errors.js';
import { DiagnosisAction, DiagnosisStatus } from './diagnosis.js';
import { checkReason, checkReport, decidingRole } from './diagnosis.rules.js';
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

const notTheirs = () =>
  new NotAllowed(
    'Only the hospital that it names, a physician of that hospital or a reviewer decides about a diagnosis, and nobody about their own or that of somebody they act for.',
  );

/** Reporting a diagnosis, and answering for it. */
export class DiagnosisService {
  constructor(private readonly context: PatientContext) {}

  /**
   * @returns the diagnosis' id
   * @throws {NotFound} {InvalidInput} {IdempotencyConflict}
   */
  async report(input: ReportDiagnosis): Promise<string> {
    const standing = await this.context.care.standing(input.patientId);
    ensureAllowed(standing?.mayCare === true, () => new NotFound('patient', ['input', 'patientId']));
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
    const reason = checkReason(input.decision, input.reason);
    await this.context.revealByDiagnosis(input.diagnosisId);
    const caller = await this.context.diagnoses.decider();
    return once(this.context, 'decideDiagnosis', input, async (em) => {
      const seen = await em.findOne(DiagnosisEntity, input.diagnosisId);
      if (!seen) throw new NotFound('diagnosis', ['input', 'diagnosisId']);
      const { hospitalId, hospitalOrganisationId } = seen;
      const organisationId = hospitalOrganisationId ?? null;
      const role = decidingRole(caller, { patientId: seen.patient.id, hospitalId, organisationId });
      ensureAllowed(role !== undefined, notTheirs);
      // nobody else can lock it, either
      const diagnosis = await em.findOne(DiagnosisEntity, seen.id, {
        lockMode: LockMode.PESSIMISTIC_WRITE,
        refresh: true,
      });
      if (!diagnosis) throw notTheirs();
      const status = diagnosis.status as DiagnosisStatus;
      if (status !== DiagnosisStatus.REPORTED) throw new DiagnosisDecided(status);
      if (diagnosis.version !== input.expectedVersion) throw new StaleVersion(diagnosis.version);
      diagnosis.status = input.decision === DiagnosisAction.VERIFY ? DiagnosisStatus.VERIFIED : DiagnosisStatus.REFUSED;
      diagnosis.decidedAt = new Date();
      diagnosis.decidedByRole = role;
      diagnosis.reason = reason;
      await tell(em, {
        patientId: diagnosis.patient.id,
        kind: CareNoticeKind.DIAGNOSIS_DECIDED,
        aboutId: diagnosis.id,
      });
      return diagnosis.id;
    });
  }
}
