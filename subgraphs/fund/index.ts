import DataLoader from 'dataloader';
import { AccessLogPortsResolver } from '../common/access-log.ports.resolver.js';
import { careStanding, patientsInCare } from '../common/care.port.js';
import { DataRightsPortsResolver } from '../common/data-rights.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import { AnnualAidLoader } from './aid/annual-aid.loader.js';
import { PatientAidResolver } from './aid/annual-aid.resolver.js';
import { ApplicationEntity, ApplicationEventEntity } from './application/application.entity.js';
import { ApplicationLoader } from './application/application.loader.js';
import { ApplicationPortsResolver } from './application/application.ports.resolver.js';
import { ApplicationResolver } from './application/application.resolver.js';
import { storedDocumentKinds } from './application/document.port.js';
import { HandoverPortsResolver } from './application/handover.ports.resolver.js';
import { ClaimEntity, ClawBackEntity, ExpenseLineEntity } from './claim/claim.entity.js';
import { ClaimLoader } from './claim/claim.loader.js';
import { ClaimPortsResolver } from './claim/claim.ports.resolver.js';
import { ApplicationClaimsResolver, ClaimResolver } from './claim/claim.resolver.js';
import { ClawBackLoader } from './claim/claw-back.loader.js';
import { ClawBackResolver } from './claim/claw-back.resolver.js';
import type { FundApi } from './context.js';
import { ContributionEntity } from './contribution/contribution.entity.js';
import { ContributionLoader } from './contribution/contribution.loader.js';
import { ContributionResolver } from './contribution/contribution.resolver.js';
import { AnnualAidEntity, GrantEntity } from './grant/grant.entity.js';
import { Grant } from './grant/grant.js';
import { GrantLoader } from './grant/grant.loader.js';
import { GrantResolver } from './grant/grant.resolver.js';
import { JobResolver } from './job/job.resolver.js';
import { fundJobs } from './jobs.js';
import { LedgerLoader } from './ledger/ledger.loader.js';
import { LedgerResolver } from './ledger/ledger.resolver.js';
import { fundTables } from './migrations/0001-fund.js';
import { fundMoney } from './migrations/0002-fund-money.js';
import { fundAccessLog } from './migrations/0003-access-log.js';
import { fundDataRights } from './migrations/0004-data-rights.js';
import { fundHandover } from './migrations/0005-handover.js';
import { fundLedgerCheck } from './migrations/0006-ledger-check.js';
import { fundReviewQueue } from './migrations/0007-review-queue.js';
import { NoticeEntity } from './notice/notice.entity.js';
import { NoticeLoader } from './notice/notice.loader.js';
import { ApplicationNoticesResolver, NoticeResolver } from './notice/notice.resolver.js';
import { PayoutBatchEntity, PayoutEntity } from './payout/payout.entity.js';
import { PayoutLoader } from './payout/payout.loader.js';
import { ClaimPayoutsResolver, PayoutBatchResolver, PayoutResolver } from './payout/payout.resolver.js';
import { SimulatedBank } from './payout/simulated-bank.js';
import { AidPolicyEntity, AidTierEntity, FundDiseaseEntity, FundEntity } from './policy/policy.entity.js';
import { PolicyLoader } from './policy/policy.loader.js';
import { PolicyResolver } from './policy/policy.resolver.js';
import { ReportMonthEntity } from './report/report.entity.js';
import { ReportLoader } from './report/report.loader.js';
import { SponsorReportResolver } from './report/report.resolver.js';
import { ReviewEntity } from './review/review.entity.js';
import { Patient } from './stubs.js';

/** Money for those who cannot pay for their treatment, and the rules for it. */
export const fund: SubgraphDefinition<FundApi> = {
  name: 'fund',
  resolvers: [
    ApplicationResolver,
    ApplicationPortsResolver,
    HandoverPortsResolver,
    PatientAidResolver,
    PolicyResolver,
    ClaimResolver,
    ApplicationClaimsResolver,
    ClawBackResolver,
    ClaimPortsResolver,
    ContributionResolver,
    LedgerResolver,
    PayoutBatchResolver,
    PayoutResolver,
    ClaimPayoutsResolver,
    GrantResolver,
    ApplicationNoticesResolver,
    NoticeResolver,
    SponsorReportResolver,
    JobResolver,
    DataRightsPortsResolver,
    AccessLogPortsResolver,
  ],
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
    ContributionEntity,
    ClaimEntity,
    ExpenseLineEntity,
    ClawBackEntity,
    PayoutBatchEntity,
    PayoutEntity,
    NoticeEntity,
    ReportMonthEntity,
  ],
  migrations: [fundTables, fundMoney, fundAccessLog, fundDataRights, fundHandover, fundLedgerCheck, fundReviewQueue],
  sealed: [{ table: 'payout_batch', column: 'file_sealed', row: 'id' }],
  references: {
    Application: (id, { applications }) => applications.byId(id),
    Contribution: (id, { contributions }) => contributions.byId(id),
    Claim: (id, { claims }) => claims.byId(id),
    Fund: (id, { policies }) => policies.fund(id),
    Grant: (id, { grants }) => grants.byId(id),
    Patient: (id) => ({ id }),
    PayoutBatch: (id, { payouts }) => payouts.batch(id),
  },
  records: {
    Application: { PATIENT: 'own', CAREGIVER: 'in care', REVIEWER: 'assigned' },
    Claim: { PATIENT: 'own', CAREGIVER: 'in care', REVIEWER: 'assigned', FINANCE: 'all' },
    Grant: { PATIENT: 'own', CAREGIVER: 'in care', REVIEWER: 'assigned', FINANCE: 'all' },
    Contribution: { FINANCE: 'all', SPONSOR: 'own organisation', MERCHANT: 'own organisation' },
    Fund: { ANYONE: 'all' },
    PayoutBatch: { FINANCE: 'all' },
  },
  patientsInCare: async ({ identity, ask }) => (identity.roles.includes('CAREGIVER') ? patientsInCare(ask) : []),
  jobs: fundJobs,
  api: ({ identity, session, ask }, database, _opened, fieldKeys) => {
    const annualAid = new AnnualAidLoader(session);
    return {
      applications: new ApplicationLoader(session, (...aid) => annualAid.read(...aid)),
      annualAid,
      grants: new GrantLoader(session),
      notices: new NoticeLoader(session),
      reports: new ReportLoader(session),
      policies: new PolicyLoader(database),
      claims: new ClaimLoader(session, identity, ask),
      clawBacks: new ClawBackLoader(session),
      contributions: new ContributionLoader(session),
      ledger: new LedgerLoader(session),
      payouts: new PayoutLoader(session),
      bank: new SimulatedBank(session),
      fieldKeys,
      storedKinds: new DataLoader((patients) => storedDocumentKinds(ask, patients)),
      standing: async ({ own, patient }) => {
        const reviewer = identity.roles.includes('REVIEWER');
        const inCare = !own && identity.roles.includes('CAREGIVER') && (await careStanding(ask, patient.id));
        return { applicant: own || (inCare ? inCare.mayApply : false), reviewer, subject: identity.subject };
      },
    };
  },
};
