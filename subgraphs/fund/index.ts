import type { SubgraphDefinition } from '../common/subgraph.js';
import { AnnualAidLoader } from './aid/annual-aid.loader.js';
import { PatientAidResolver } from './aid/annual-aid.resolver.js';
import { ApplicationEntity, ApplicationEventEntity } from './application/application.entity.js';
import { ApplicationLoader } from './application/application.loader.js';
import { applicant, patientsInCare } from './application/application.ports.js';
import { ApplicationPortsResolver } from './application/application.ports.resolver.js';
import { ApplicationResolver } from './application/application.resolver.js';
import type { FundApi } from './context.js';
import { AnnualAidEntity, GrantEntity } from './grant/grant.entity.js';
import { Grant } from './grant/grant.js';
import { fundTables } from './migrations/0001-fund.js';
import { AidPolicyEntity, AidTierEntity, FundDiseaseEntity, FundEntity } from './policy/policy.entity.js';
import { PolicyLoader } from './policy/policy.loader.js';
import { PolicyResolver } from './policy/policy.resolver.js';
import { ReviewEntity } from './review/review.entity.js';
import { Patient } from './stubs.js';

/** Money for those who cannot pay for their treatment, and the rules for it. */
export const fund: SubgraphDefinition<FundApi> = {
  name: 'fund',
  resolvers: [ApplicationResolver, ApplicationPortsResolver, PatientAidResolver, PolicyResolver],
  orphanedTypes: [Patient, Grant],
  entities: [
    FundEntity,
    FundDiseaseEntity,
    AidPolicyEntity,
    AidTierEntity,
    ApplicationEntity,
    ApplicationEventEntity,
    ReviewEntity,
    GrantEntity,
    AnnualAidEntity,
  ],
  migrations: [fundTables],
  references: {
    Application: (id, { applications }) => applications.byId(id),
    Fund: (id, { policies }) => policies.fund(id),
    Patient: (id) => ({ id }),
  },
  patientsInCare: async ({ identity, ask }) => (identity.roles.includes('CAREGIVER') ? patientsInCare(ask) : []),
  api: ({ identity, session, ask }, database) => {
    const annualAid = new AnnualAidLoader(session);
    return {
      applications: new ApplicationLoader(session, (...aid) => annualAid.read(...aid)),
      annualAid,
      policies: new PolicyLoader(database),
      standing: async ({ own, patient }) => {
        const reviewer = identity.roles.includes('REVIEWER');
        const inCare = !own && identity.roles.includes('CAREGIVER') && (await applicant(ask, patient.id));
        return { applicant: own || (inCare ? inCare.mayApply : false), reviewer, subject: identity.subject };
      },
    };
  },
};
