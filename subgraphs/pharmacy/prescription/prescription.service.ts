import { LockMode } from '@mikro-orm/core';
import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { shanghaiDay } from '../../common/calendar.js';
import { consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { ConsentMissing, InvalidInput, NotAllowed, NotFound, StaleVersion } from '../../common/errors.js';
import { once } from '../../common/idempotency.js';
import { newId } from '../../common/ids.js';
import { checkReason } from '../../common/plain-text.js';
import { ensureAllowed } from '../../common/row-rules.js';
import type { PharmacyContext } from '../context.js';
import { type NoticeAudience, PharmacyNoticeKind } from '../notice/notice.js';
import { tell } from '../notice/notice.service.js';
import { medicineExists } from './catalog.port.js';
import { prescriberFor } from './patient.port.js';
import { PrescriptionEntity } from './prescription.entity.js';
import { PrescriptionAction, PrescriptionDecision } from './prescription.enums.js';
import { PrescriptionWrongState } from './prescription.errors.js';
import type { PrescriptionRow } from './prescription.loader.js';
import {
  allowedActions,
  checkWritten,
  type EnteredPrescription,
  isEntitled,
  isTimely,
  type PrescriptionStanding,
  prescriptionNumber,
  shownStatus,
  totalOf,
} from './prescription.rules.js';

export interface IssuePrescription extends EnteredPrescription {
  readonly patientId: string;
  readonly appointmentId?: string | null;
  readonly medicineId: string;
  readonly idempotencyKey: string;
}

/** Something done with a prescription, with a reason. */
interface WithPrescription {
  readonly prescriptionId: string;
  readonly reason: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

export interface CheckPrescription extends WithPrescription {
  readonly decision: PrescriptionDecision;
}

export type WithdrawPrescription = WithPrescription;

/** A prescription's row, locked until the end of the transaction. */
type LockedPrescription = InferEntity<typeof PrescriptionEntity>;

/**
 * Writing a prescription, checking it and taking it back. Others are asked before the transaction begins, and what they said is
 * judged inside of it: so a key that was used before gets its first answer.
 */
export class PrescriptionService {
  constructor(private readonly context: PharmacyContext) {}

  /**
   * @returns the prescription's id
   * @throws {NotFound} {NotAllowed} {ConsentMissing} {InvalidInput} {IdempotencyConflict}
   */
  async issue(input: IssuePrescription): Promise<string> {
    const { ask, identity, session } = this.context;
    const { patientId, medicineId, appointmentId = null } = input;
    const [prescriber, consented, isMedicine] = await Promise.all([
      prescriberFor(ask, patientId, appointmentId),
      consentGiven(ask, patientId, ConsentPurpose.SHARE_WITH_PHARMACY),
      medicineExists(ask, medicineId),
    ]);
    if (prescriber?.treats) await session.reveal('treated', [patientId]);
    return once(this.context, 'issuePrescription', input, async (em) => {
      const unknown = () => new NotFound('patient whom you treat', ['input', 'patientId']);
      // nobody whose licence was not verified gets so far as to write anything
      if (!prescriber) throw unknown();
      const { physicianId, treats, patientSubject } = prescriber;
      ensureAllowed(treats, unknown);
      ensureAllowed(
        patientSubject !== identity.subject,
        () => new NotAllowed('Nobody prescribes for themselves. Ask another physician.', ['input', 'patientId']),
      );
      ensureAllowed(
        appointmentId === prescriber.appointmentId,
        () => new NotFound('appointment of this patient with you', ['input', 'appointmentId']),
      );
      const now = new Date();
      const written = checkWritten(input, shanghaiDay(now));
      if (!isMedicine) throw new InvalidInput('There is no medicine with this id.', ['input', 'medicineId']);
      if (!consented) throw new ConsentMissing(ConsentPurpose.SHARE_WITH_PHARMACY, ['input', 'patientId']);
      const [next] = await em.execute<{ serial: string }[]>(`select nextval('prescription_number')::text as serial`);
      const id = newId();
      em.create(PrescriptionEntity, {
        id,
        number: prescriptionNumber((next as { serial: string }).serial, now),
        patientId,
        patientSubject,
        physicianId,
        physicianSubject: identity.subject,
        appointmentId,
        medicineId,
        ...written,
        status: 'ISSUED',
        issuedAt: now,
      });
      await em.flush();
      await tellOf(em, id, 'PATIENT', PharmacyNoticeKind.PRESCRIPTION_ISSUED);
      await tellOf(em, id, 'PHARMACIST', PharmacyNoticeKind.PRESCRIPTION_ISSUED);
      return id;
    });
  }

  /**
   * A pharmacist's decision, while the patient agrees that the pharmacy knows of it.
   *
   * @returns the prescription's id
   * @throws {NotFound} {NotAllowed} {ConsentMissing} {InvalidInput} {StaleVersion} {@link PrescriptionWrongState} {IdempotencyConflict}
   */
  async check(input: CheckPrescription): Promise<string> {
    const { ask, identity, prescriptions } = this.context;
    const approved = input.decision === PrescriptionDecision.APPROVE;
    const seen = await prescriptions.byId(input.prescriptionId);
    const consented = seen && (await consentGiven(ask, seen.patient.id, ConsentPurpose.SHARE_WITH_PHARMACY));
    return this.change('checkPrescription', PrescriptionAction[input.decision], input, async (em, prescription) => {
      if (!consented) throw new ConsentMissing(ConsentPurpose.SHARE_WITH_PHARMACY, ['input', 'prescriptionId']);
      em.assign(prescription, {
        status: approved ? 'APPROVED' : 'REFUSED',
        checkedAt: new Date(),
        checkedBy: identity.subject,
        checkReason: checkReason(input.reason),
      });
      await em.flush();
      const { PRESCRIPTION_APPROVED, PRESCRIPTION_REFUSED } = PharmacyNoticeKind;
      await tellOf(em, prescription.id, 'PATIENT', approved ? PRESCRIPTION_APPROVED : PRESCRIPTION_REFUSED);
    });
  }

  /**
   * What is ordered and not packed yet cannot be packed any more, so the pharmacists are told too.
   *
   * @returns the prescription's id
   * @throws {NotFound} {NotAllowed} {InvalidInput} {StaleVersion} {@link PrescriptionWrongState} {IdempotencyConflict}
   */
  async withdraw(input: WithdrawPrescription): Promise<string> {
    return this.change('withdrawPrescription', PrescriptionAction.WITHDRAW, input, async (em, prescription) => {
      em.assign(prescription, {
        status: 'WITHDRAWN',
        withdrawnAt: new Date(),
        withdrawReason: checkReason(input.reason),
      });
      await em.flush();
      await tellOf(em, prescription.id, 'PATIENT', PharmacyNoticeKind.PRESCRIPTION_WITHDRAWN);
      await tellOf(em, prescription.id, 'PHARMACIST', PharmacyNoticeKind.PRESCRIPTION_WITHDRAWN);
    });
  }

  /** What the caller may do with a prescription now. */
  async allowedActions(prescription: PrescriptionRow): Promise<PrescriptionAction[]> {
    return allowedActions(prescription.facts, await this.standing(prescription), shanghaiDay(new Date()));
  }

  /** What the caller is to a prescription. Caregivers alone are asked about. */
  private async standing({ own, written, treating, patient }: PrescriptionRow): Promise<PrescriptionStanding> {
    const { identity, session, standings } = this.context;
    const { roles, scopes } = identity;
    const orders = scopes.includes('pharmacy:order');
    const cares = orders && !own && roles.includes('CAREGIVER');
    const concerned = own || written || (await session.patientsInCare()).has(patient.id);
    return {
      mayCheck: scopes.includes('pharmacy:dispense') && roles.includes('PHARMACIST') && !concerned,
      mayWithdraw: scopes.includes('prescription:write') && treating,
      mayOrder: cares ? ((await standings.ofPatient(patient.id))?.mayOrder ?? false) : orders && own,
    };
  }

  /** Locks a prescription, and changes it if the caller may do so now. */
  private async change(
    operation: string,
    action: PrescriptionAction,
    input: WithPrescription,
    work: (em: EntityManager, prescription: LockedPrescription) => Promise<void>,
  ): Promise<string> {
    const { prescriptions } = this.context;
    const unknown = () => new NotFound('prescription', ['input', 'prescriptionId']);
    const seen = await prescriptions.byId(input.prescriptionId);
    if (!seen) throw unknown();
    const standing = await this.standing(seen);
    ensureAllowed(isEntitled(action, standing), () => new NotAllowed(REFUSAL[action]));
    return once(this.context, operation, input, async (em) => {
      const prescription = await em.findOne(PrescriptionEntity, input.prescriptionId, {
        lockMode: LockMode.PESSIMISTIC_WRITE,
      });
      if (!prescription) throw unknown();
      refuseUnlessTimely(action, prescription, standing);
      if (prescription.version !== input.expectedVersion) throw new StaleVersion(prescription.version);
      await work(em, prescription);
      return prescription.id;
    });
  }
}

const BY_PHARMACIST =
  'A prescription is checked by a pharmacist who is not the patient, does not care for them and did not write it. Leave it to another one.';
const REFUSAL: Readonly<Record<PrescriptionAction, string>> = {
  APPROVE: BY_PHARMACIST,
  REFUSE: BY_PHARMACIST,
  WITHDRAW: 'Only the physician who wrote a prescription, and treats the patient still, takes it back.',
  ORDER: 'Only the patient or a caregiver with the scopes VIEW and ORDER orders by a prescription.',
};

/** @throws {@link PrescriptionWrongState} */
function refuseUnlessTimely(
  action: PrescriptionAction,
  prescription: LockedPrescription,
  standing: PrescriptionStanding,
): void {
  const { status, used, validUntil } = prescription;
  const facts = { status, used, total: totalOf(prescription), validUntil };
  const today = shanghaiDay(new Date());
  if (isTimely(action, facts, today)) return;
  throw new PrescriptionWrongState(shownStatus(facts, today), allowedActions(facts, standing, today));
}

const tellOf = (em: EntityManager, id: string, audience: NoticeAudience, kind: PharmacyNoticeKind): Promise<void> =>
  tell(em, { audience, kind, aboutId: id, prescriptionId: id });
