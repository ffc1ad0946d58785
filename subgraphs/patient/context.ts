import type { SubgraphContext } from '../common/context.js';
import type { FieldKeys } from '../common/sealed.js';
import type { CareLoader } from './care/care.loader.js';
import type { DiagnosisLoader } from './diagnosis/diagnosis.loader.js';
import type { PayoutAccountLoader } from './payout-account/payout-account.loader.js';
import type { PatientLoader } from './profile/patient.loader.js';

/** What the patient subgraph's resolvers work with. */
export interface PatientApi {
  readonly patients: PatientLoader;
  readonly diagnoses: DiagnosisLoader;
  readonly care: CareLoader;
  readonly payoutAccounts: PayoutAccountLoader;
  readonly fieldKeys: FieldKeys;
  /** Lets the caller see the patient of a diagnosis, if they work on that patient. */
  readonly revealByDiagnosis: (diagnosisId: string) => Promise<void>;
}

export type PatientContext = SubgraphContext & PatientApi;
