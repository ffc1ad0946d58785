import { statement } from '../common/database.js';
import { readSettings } from '../common/settings.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import { AccessLogLoader } from './access-log/access-log.loader.js';
import { AccessLogEntryResolver, PatientAccessLogResolver } from './access-log/access-log.resolver.js';
import {
  AppointmentEntity,
  AppointmentEventEntity,
  ConsultationSummaryEntity,
} from './appointment/appointment.entity.js';
import { AppointmentLoader } from './appointment/appointment.loader.js';
import { AppointmentResolver, PatientAppointmentsResolver } from './appointment/appointment.resolver.js';
import { AbsenceEntity, PhysicianHoursEntity } from './appointment/availability.entity.js';
import { AvailabilityLoader } from './appointment/availability.loader.js';
import { AvailabilityResolver } from './appointment/availability.resolver.js';
import { CareLoader } from './care/care.loader.js';
import { CarePortsResolver } from './care/care.ports.resolver.js';
import { CareResolver, HandoverResolver } from './care/care.resolver.js';
import { CareCodeAttemptEntity, CareInvitationEntity } from './care/care-invitation.entity.js';
import { CareRelationshipEntity } from './care/care-relationship.entity.js';
import { patientsWorkedOn } from './care/fund.port.js';
import { TreatmentEntity } from './care/treatment.entity.js';
import { ArticleLoader } from './care-plan/article.loader.js';
import { CarePlanEntity, CareTaskEntity, CareTaskMarkEntity } from './care-plan/care-plan.entity.js';
import { CarePlanLoader } from './care-plan/care-plan.loader.js';
import { CarePlanResolver, CareTaskResolver, PatientCarePlansResolver } from './care-plan/care-plan.resolver.js';
import { WorklistLoader } from './care-plan/worklist.loader.js';
import { WorklistResolver } from './care-plan/worklist.resolver.js';
import { ConsentEntity, ConsentTextEntity } from './consent/consent.entity.js';
import { ConsentLoader } from './consent/consent.loader.js';
import { ConsentPortsResolver } from './consent/consent.ports.resolver.js';
import { ConsentResolver, ConsentTextResolver } from './consent/consent.resolver.js';
import type { PatientApi } from './context.js';
import { DataExportEntity, DataExportPartEntity } from './data-rights/data-export.entity.js';
import { DataExportLoader } from './data-rights/data-export.loader.js';
import { DataExportResolver, PatientExportsResolver } from './data-rights/data-export.resolver.js';
import { ErasureEntity, ErasureStepEntity } from './data-rights/erasure.entity.js';
import { ErasureLoader } from './data-rights/erasure.loader.js';
import { ErasureCertificateResolver, ErasureResolver, MyErasuresResolver } from './data-rights/erasure.resolver.js';
import { DiagnosisEntity, DiagnosisEventEntity } from './diagnosis/diagnosis.entity.js';
import { DiagnosisLoader } from './diagnosis/diagnosis.loader.js';
import { DiagnosisResolver, PatientDiagnosesResolver } from './diagnosis/diagnosis.resolver.js';
import { DiaryEntryEntity, DiaryEpisodeEntity } from './diary/diary.entity.js';
import { DiaryLoader } from './diary/diary.loader.js';
import { DiaryResolver, symptomTexts } from './diary/diary.resolver.js';
import { DocumentEntity } from './document/document.entity.js';
import { answerDocument } from './document/document.http.js';
import { DocumentLoader } from './document/document.loader.js';
import { DocumentPortsResolver } from './document/document.ports.resolver.js';
import { DocumentResolver, PatientDocumentsResolver } from './document/document.resolver.js';
import { DOCUMENTS_PATH } from './document/document-link.js';
import { type DocumentStore, openDocumentStore } from './document/document-store.js';
import { EmergencyLoader } from './emergency/emergency.loader.js';
import { EmergencyResolver, PatientEmergenciesResolver } from './emergency/emergency.resolver.js';
import { EmergencyAccessEntity } from './emergency/emergency-access.entity.js';
import { IdentityAttemptEntity, PatientIdentityEntity } from './identity/identity.entity.js';
import { IdentityLoader } from './identity/identity.loader.js';
import { IdentityPortsResolver } from './identity/identity.ports.resolver.js';
import { IdentityResolver } from './identity/identity.resolver.js';
import { patientJobs } from './jobs.js';
import { patientTables } from './migrations/0001-patient.js';
import { payoutAccountTable } from './migrations/0002-payout-account.js';
import { careCenterTables } from './migrations/0003-care-center.js';
import { accessLogTables } from './migrations/0004-access-log.js';
import { invitationTables } from './migrations/0005-invitation.js';
import { appointmentTables } from './migrations/0006-appointment.js';
import { carePlanTables } from './migrations/0007-care-plan.js';
import { documentTable } from './migrations/0008-document.js';
import { identityTables } from './migrations/0009-identity.js';
import { dataRights } from './migrations/0010-data-rights.js';
import { careIndex } from './migrations/0011-care-index.js';
import { NoticeEntity } from './notice/notice.entity.js';
import { NoticeLoader } from './notice/notice.loader.js';
import { NoticeResolver, PatientNoticesResolver } from './notice/notice.resolver.js';
import { PayoutAccountEntity } from './payout-account/payout-account.entity.js';
import { PayoutAccountLoader } from './payout-account/payout-account.loader.js';
import { PayoutAccountPortsResolver } from './payout-account/payout-account.ports.resolver.js';
import { PayoutAccountResolver } from './payout-account/payout-account.resolver.js';
import { PhysicianEntity } from './physician/physician.entity.js';
import { PhysicianLoader } from './physician/physician.loader.js';
import { MePhysicianResolver, PhysicianNameResolver, PhysicianResolver } from './physician/physician.resolver.js';
import { PrescriberPortsResolver } from './physician/prescriber.ports.resolver.js';
import { CommunityPortsResolver } from './profile/community.ports.resolver.js';
import { PatientEntity } from './profile/patient.entity.js';
import { PatientLoader } from './profile/patient.loader.js';
import { MeResolver, PatientResolver } from './profile/patient.resolver.js';
import { QuestionnaireResultEntity } from './questionnaire/questionnaire.entity.js';
import { QuestionnaireResultLoader } from './questionnaire/questionnaire.loader.js';
import {
  PatientQuestionnairesResolver,
  QuestionnaireResolver,
  questionnaireTexts,
} from './questionnaire/questionnaire.resolver.js';

const PATIENT_OF_DIAGNOSIS = statement('patient-of-diagnosis', 'select patient_of_diagnosis($1) as id');

/** Who the patients are and how they are cared for. */
export const patient: SubgraphDefinition<PatientApi> = {
  name: 'patient',
  resolvers: [
    PatientResolver,
    MeResolver,
    CommunityPortsResolver,
    DiagnosisResolver,
    PatientDiagnosesResolver,
    CarePortsResolver,
    CareResolver,
    HandoverResolver,
    PayoutAccountResolver,
    PayoutAccountPortsResolver,
    PhysicianResolver,
    PhysicianNameResolver,
    MePhysicianResolver,
    PrescriberPortsResolver,
    AvailabilityResolver,
    AppointmentResolver,
    PatientAppointmentsResolver,
    QuestionnaireResolver,
    PatientQuestionnairesResolver,
    ...questionnaireTexts,
    DiaryResolver,
    ...symptomTexts,
    CarePlanResolver,
    CareTaskResolver,
    PatientCarePlansResolver,
    WorklistResolver,
    IdentityResolver,
    IdentityPortsResolver,
    ConsentTextResolver,
    ConsentResolver,
    ConsentPortsResolver,
    DataExportResolver,
    PatientExportsResolver,
    ErasureResolver,
    ErasureCertificateResolver,
    MyErasuresResolver,
    NoticeResolver,
    PatientNoticesResolver,
    DocumentResolver,
    PatientDocumentsResolver,
    DocumentPortsResolver,
    PatientAccessLogResolver,
    AccessLogEntryResolver,
    EmergencyResolver,
    PatientEmergenciesResolver,
  ],
  entities: [
    PatientEntity,
    CareRelationshipEntity,
    CareInvitationEntity,
    CareCodeAttemptEntity,
    DiagnosisEntity,
    DiagnosisEventEntity,
    PayoutAccountEntity,
    PatientIdentityEntity,
    IdentityAttemptEntity,
    PhysicianEntity,
    ConsentTextEntity,
    ConsentEntity,
    TreatmentEntity,
    EmergencyAccessEntity,
    NoticeEntity,
    DocumentEntity,
    QuestionnaireResultEntity,
    DiaryEntryEntity,
    DiaryEpisodeEntity,
    CarePlanEntity,
    CareTaskEntity,
    CareTaskMarkEntity,
    DataExportEntity,
    DataExportPartEntity,
    ErasureEntity,
    ErasureStepEntity,
    PhysicianHoursEntity,
    AbsenceEntity,
    AppointmentEntity,
    AppointmentEventEntity,
    ConsultationSummaryEntity,
  ],
  migrations: [
    patientTables,
    payoutAccountTable,
    careCenterTables,
    accessLogTables,
    invitationTables,
    appointmentTables,
    carePlanTables,
    documentTable,
    identityTables,
    dataRights,
    careIndex,
  ],
  sealed: [
    { table: 'payout_account', column: 'holder_sealed', row: 'patient_id' },
    { table: 'payout_account', column: 'account_sealed', row: 'patient_id' },
    { table: 'patient_identity', column: 'legal_name_sealed', row: 'patient_id' },
    { table: 'patient_identity', column: 'national_id_sealed', row: 'patient_id' },
    { table: 'patient_identity', column: 'phone_sealed', row: 'patient_id' },
    { table: 'patient_identity', column: 'address_sealed', row: 'patient_id' },
    { table: 'patient_identity', column: 'insurance_note_sealed', row: 'patient_id' },
    { table: 'physician', column: 'licence_sealed', row: 'id' },
    { table: 'document', column: 'file_name_sealed', row: 'id' },
    { table: 'document', column: 'data_key_sealed', row: 'id' },
    { table: 'data_export_part', column: 'content_sealed', row: 'id' },
  ],
  references: {
    Patient: (id, { patients }) => patients.byId(id),
    Diagnosis: (id, { diagnoses }) => diagnoses.byId(id),
    PatientDocument: (id, { documents }) => documents.byId(id),
    Physician: (id, { physicians }) => physicians.byId(id),
    Appointment: (id, { appointments }) => appointments.byId(id),
    CarePlan: (id, { carePlans }) => carePlans.byId(id),
  },
  records: {
    Patient: {
      PATIENT: 'own',
      CAREGIVER: 'in care',
      PHYSICIAN: 'treated',
      REVIEWER: 'assigned',
      PHARMACIST: 'as a number',
    },
    PatientIdentityInClear: { PATIENT: 'own', CAREGIVER: 'in care' },
    Diagnosis: {
      PATIENT: 'own',
      CAREGIVER: 'in care',
      PHYSICIAN: 'treated or naming their hospital',
      REVIEWER: 'assigned',
      HOSPITAL: 'naming this hospital',
    },
    PatientDocument: { PATIENT: 'own', CAREGIVER: 'in care', PHYSICIAN: 'treated', REVIEWER: 'assigned' },
    Physician: { ANYONE: 'verified', PHYSICIAN: 'verified and own', ADMIN: 'all' },
    Appointment: { PATIENT: 'own', CAREGIVER: 'in care', PHYSICIAN: 'own' },
    CarePlan: { PATIENT: 'own', CAREGIVER: 'in care', PHYSICIAN: 'treated' },
    DataExport: { PATIENT: 'own', CAREGIVER: 'in care' },
    Erasure: { PATIENT: 'own', CAREGIVER: 'own' },
  },
  jobs: patientJobs,
  open: async () => openDocumentStore(readSettings().documents),
  http: { [DOCUMENTS_PATH]: answerDocument },
  api: ({ identity, session, ask }, database, opened, fieldKeys) => {
    // a reviewer sees the patients whose applications they work on: which, the fund says
    const reveal = async (ids: readonly string[]) => {
      if (identity.roles.includes('REVIEWER')) await session.reveal('patients', await patientsWorkedOn(ask, ids));
    };
    return {
      patients: new PatientLoader(session, reveal),
      diagnoses: new DiagnosisLoader(session, reveal),
      documents: new DocumentLoader(session, reveal),
      documentStore: opened as DocumentStore,
      care: new CareLoader(session),
      physicians: new PhysicianLoader(session, database, fieldKeys),
      availability: new AvailabilityLoader(session),
      appointments: new AppointmentLoader(session),
      consents: new ConsentLoader(session, database),
      notices: new NoticeLoader(session),
      accessLog: new AccessLogLoader(session, ask),
      emergencies: new EmergencyLoader(session),
      payoutAccounts: new PayoutAccountLoader(session, fieldKeys),
      questionnaireResults: new QuestionnaireResultLoader(session),
      diary: new DiaryLoader(session),
      carePlans: new CarePlanLoader(session),
      articles: new ArticleLoader(ask),
      worklist: new WorklistLoader(session),
      identities: new IdentityLoader(session, fieldKeys, reveal),
      dataExports: new DataExportLoader(session, fieldKeys),
      erasures: new ErasureLoader(session, identity, fieldKeys),
      fieldKeys,
      revealByDiagnosis: async (diagnosisId) => {
        if (!identity.roles.includes('REVIEWER')) return;
        const [row] = await session.rows<{ id: string | null }>(PATIENT_OF_DIAGNOSIS, [diagnosisId]);
        if (row?.id) await reveal([row.id]);
      },
    };
  },
};
