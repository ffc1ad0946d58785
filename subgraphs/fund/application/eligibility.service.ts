import { aidYear, shanghaiDay } from '../../common/calendar.js';
import { careStanding, consentGiven } from '../../common/care.port.js';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import type { DocumentKind } from '../../common/document-kind.js';
import type { FundContext } from '../context.js';
import type { PolicyInForce } from '../policy/policy.loader.js';
import type { EligibilityReason } from './application.enums.js';
import type { LoadedApplication } from './application.loader.js';
import { type Diagnosis, hospitalRecognised, verifiedDiagnosis } from './application.ports.js';
import { checkEligibility, decideTier, type EligibilityFacts, grantMaximum, type Tier } from './application.rules.js';

/** What somebody asks aid for. */
export interface AidWanted {
  readonly patientId: string;
  readonly diseaseId: string;
  readonly expenseFen: bigint;
  readonly year: number;
  /** An application that does not stand in its own way. */
  readonly except: string | null;
}

/** Everything that aid depends on, as it is now. */
export interface PatientChecked {
  readonly fundId: string | null;
  readonly diagnosis: Diagnosis | null;
  readonly policy: PolicyInForce | null;
  readonly facts: EligibilityFacts;
  readonly reasons: EligibilityReason[];
}

/** Whether a patient whom the caller acts for could be given aid. @throws {SubgraphUnavailable} */
export async function checkPatient(
  { ask, policies, applications }: FundContext,
  { patientId, diseaseId, expenseFen, year, except }: AidWanted,
): Promise<PatientChecked> {
  const [diagnosis, consented] = await Promise.all([
    verifiedDiagnosis(ask, patientId, diseaseId),
    consentGiven(ask, patientId, ConsentPurpose.AID_REVIEW),
  ]);
  const recognised = diagnosis !== null && (await hospitalRecognised(ask, diagnosis.hospitalId));
  const fundId = await policies.openFundFor(diseaseId);
  const policy = await policies.inForce(shanghaiDay(new Date()));
  const ofYear = await applications.yearOf(patientId, diseaseId, year, except);
  const facts: EligibilityFacts = {
    fundOpenForDisease: fundId !== null,
    diagnosisVerified: diagnosis !== null,
    hospitalRecognised: recognised,
    consented,
    applicationOpen: ofYear.open,
    tier: policy && decideTier(expenseFen, policy.tiers),
    leftOfYearFen: ofYear.leftFen ?? policy?.annualCapFen ?? 0n,
  };
  return { fundId, diagnosis, policy, facts, reasons: checkEligibility(facts) };
}

/** Which of the papers that the policy asks for have not been handed in, as far as the caller may see. @throws {SubgraphUnavailable} */
export async function missingDocuments(
  { policies, storedKinds }: FundContext,
  { patient, submittedAt }: LoadedApplication,
): Promise<DocumentKind[]> {
  const policy = await policies.inForce(shanghaiDay(submittedAt === null ? new Date() : new Date(submittedAt)));
  const stored = new Set(await storedKinds.load(patient.id));
  return (policy?.shown.requiredDocuments ?? []).filter((kind) => !stored.has(kind));
}

/** What can be said of aid before anybody applies. */
export interface Prospect {
  readonly fundId: string | null;
  readonly tier: Tier | null;
  /** What a grant could come to at most. */
  readonly maximumFen: bigint;
  readonly reasons: readonly EligibilityReason[];
  /** Whether the conditions that depend on the patient were looked at. */
  readonly patientChecked: boolean;
}

/**
 * Whether aid could be had, for a patient of the caller's or, without one, for anybody with the disease.
 *
 * @returns null when the patient is nothing to the caller
 * @throws {SubgraphUnavailable}
 */
export async function prospect(
  context: FundContext,
  wanted: { readonly diseaseId: string; readonly expenseFen: bigint; readonly patientId: string | null },
): Promise<Prospect | null> {
  const { ask, policies, session } = context;
  const { diseaseId, expenseFen, patientId } = wanted;
  const now = new Date();
  const upTo = (tier: Tier | null, leftFen: bigint) => (tier ? grantMaximum(expenseFen, tier, leftFen) : 0n);
  if (patientId === null) {
    const fundId = await policies.openFundFor(diseaseId);
    const policy = await policies.inForce(shanghaiDay(now));
    const tier = policy && decideTier(expenseFen, policy.tiers);
    const facts: EligibilityFacts = {
      fundOpenForDisease: fundId !== null,
      diagnosisVerified: true,
      hospitalRecognised: true,
      consented: true,
      applicationOpen: false,
      tier,
      leftOfYearFen: policy?.annualCapFen ?? 0n,
    };
    const reasons = checkEligibility(facts);
    return { fundId, tier, maximumFen: upTo(tier, facts.leftOfYearFen), reasons, patientChecked: false };
  }
  const asked = await careStanding(ask, patientId);
  if (!asked?.mayApply) return null;
  await session.reveal('patients', [patientId]);
  const year = aidYear(now);
  const wish = { patientId, diseaseId, expenseFen, year, except: null };
  const { fundId, facts, reasons } = await checkPatient(context, wish);
  return { fundId, tier: facts.tier, maximumFen: upTo(facts.tier, facts.leftOfYearFen), reasons, patientChecked: true };
}
