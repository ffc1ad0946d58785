import type { SubgraphContext } from '../common/context.js';
import type { FieldKeys } from '../common/sealed.js';
import type { AccessLogLoader } from './access-log/access-log.loader.js';
import type { AppointmentLoader } from './appointment/appointment.loader.js';
import type { AvailabilityLoader } from './appointment/availability.loader.js';
import type { CareLoader } from './care/care.loader.js';
import type { ArticleLoader } from './care-plan/article.loader.js';
import type { CarePlanLoader } from './care-plan/care-plan.loader.js';
import type { WorklistLoader } from './care-plan/worklist.loader.js';
import type { ConsentLoader } from './consent/consent.loader.js';
import type { DataExportLoader } from './data-rights/data-export.loader.js';
import type { ErasureLoader } from './data-rights/erasure.loader.js';
import type { DiagnosisLoader } from './diagnosis/diagnosis.loader.js';
import type { DiaryLoader } from './diary/diary.loader.js';
import type { DocumentLoader } from './document/document.loader.js';
import type { DocumentStore } from './document/document-store.js';
import type { EmergencyLoader } from './emergency/emergency.loader.js';
import type { IdentityLoader } from './identity/identity.loader.js';
import type { NoticeLoader } from './notice/notice.loader.js';
import type { PayoutAccountLoader } from './payout-account/payout-account.loader.js';
import type { PhysicianLoader } from './physician/physician.loader.js';
import type { PatientLoader } from './profile/patient.loader.js';
import type { QuestionnaireResultLoader } from './questionnaire/questionnaire.loader.js';

/** What the patient subgraph's resolvers work with. */
export interface PatientApi {
  readonly patients: PatientLoader;
  readonly diagnoses: DiagnosisLoader;
  readonly care: CareLoader;
  readonly consents: ConsentLoader;
  readonly payoutAccounts: PayoutAccountLoader;
  readonly physicians: PhysicianLoader;
  readonly availability: AvailabilityLoader;
  readonly appointments: AppointmentLoader;
  readonly questionnaireResults: QuestionnaireResultLoader;
  readonly diary: DiaryLoader;
  readonly carePlans: CarePlanLoader;
  readonly articles: ArticleLoader;
  readonly worklist: WorklistLoader;
  readonly identities: IdentityLoader;
  readonly notices: NoticeLoader;
  readonly accessLog: AccessLogLoader;
  readonly emergencies: EmergencyLoader;
  readonly dataExports: DataExportLoader;
  readonly erasures: ErasureLoader;
  readonly documents: DocumentLoader;
  readonly documentStore: DocumentStore;
  readonly fieldKeys: FieldKeys;
  /** Lets the caller see the patient of a diagnosis, if they work on that patient. */
  readonly revealByDiagnosis: (diagnosisId: string) => Promise<void>;
}

export type PatientContext = SubgraphContext & PatientApi;
