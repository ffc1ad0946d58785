import { statement } from '../common/database.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import { CareLoader } from './care/care.loader.js';
import { CarePortsResolver } from './care/care.ports.resolver.js';
import { CareRelationshipEntity } from './care/care-relationship.entity.js';
import { patientsWorkedOn } from './care/fund.port.js';
import type { PatientApi } from './context.js';
import { DiagnosisEntity } from './diagnosis/diagnosis.entity.js';
import { DiagnosisLoader } from './diagnosis/diagnosis.loader.js';
import { DiagnosisResolver, PatientDiagnosesResolver } from './diagnosis/diagnosis.resolver.js';
import { patientTables } from './migrations/0001-patient.js';
import { payoutAccountTable } from './migrations/0002-payout-account.js';
import { PayoutAccountEntity } from './payout-account/payout-account.entity.js';
import { PayoutAccountLoader } from './payout-account/payout-account.loader.js';
import { PayoutAccountPortsResolver } from './payout-account/payout-account.ports.resolver.js';
import { PayoutAccountResolver } from './payout-account/payout-account.resolver.js';
import { PatientEntity } from './profile/patient.entity.js';
import { PatientLoader } from './profile/patient.loader.js';
import { MeResolver, PatientResolver } from './profile/patient.resolver.js';

const PATIENT_OF_DIAGNOSIS = statement('patient-of-diagnosis', 'select patient_of_diagnosis($1) as id');

/** Who the patients are and how they are cared for. */
export const patient: SubgraphDefinition<PatientApi> = {
  name: 'patient',
  resolvers: [
    PatientResolver,
    MeResolver,
    DiagnosisResolver,
    PatientDiagnosesResolver,
    CarePortsResolver,
    PayoutAccountResolver,
    PayoutAccountPortsResolver,
  ],
  entities: [PatientEntity, CareRelationshipEntity, DiagnosisEntity, PayoutAccountEntity],
  migrations: [patientTables, payoutAccountTable],
  references: {
    Patient: (id, { patients }) => patients.byId(id),
    Diagnosis: (id, { diagnoses }) => diagnoses.byId(id),
  },
  api: ({ identity, session, ask }, _database, _opened, fieldKeys) => {
    // a reviewer sees the patients whose applications they work on: which, the fund says
    const reveal = async (ids: readonly string[]) => {
      if (identity.roles.includes('REVIEWER')) await session.reveal('patients', await patientsWorkedOn(ask, ids));
    };
    return {
      patients: new PatientLoader(session, reveal),
      diagnoses: new DiagnosisLoader(session, reveal),
      care: new CareLoader(session),
      payoutAccounts: new PayoutAccountLoader(session, fieldKeys),
      fieldKeys,
      revealByDiagnosis: async (diagnosisId) => {
        if (!identity.roles.includes('REVIEWER')) return;
        const [row] = await session.rows<{ id: string | null }>(PATIENT_OF_DIAGNOSIS, [diagnosisId]);
        if (row?.id) await reveal([row.id]);
      },
    };
  },
};
