import type DataLoader from 'dataloader';
import type { SubgraphContext } from '../common/context.js';
import type { DocumentKind } from '../common/document-kind.js';
import type { FieldKeys } from '../common/sealed.js';
import type { AnnualAidLoader } from './aid/annual-aid.loader.js';
import type { ApplicationLoader, LoadedApplication } from './application/application.loader.js';
import type { Standing } from './application/application.rules.js';
import type { ClaimLoader } from './claim/claim.loader.js';
import type { ClawBackLoader } from './claim/claw-back.loader.js';
import type { ContributionLoader } from './contribution/contribution.loader.js';
import type { GrantLoader } from './grant/grant.loader.js';
import type { LedgerLoader } from './ledger/ledger.loader.js';
import type { NoticeLoader } from './notice/notice.loader.js';
import type { Bank } from './payout/bank.js';
import type { PayoutLoader } from './payout/payout.loader.js';
import type { PolicyLoader } from './policy/policy.loader.js';
import type { ReportLoader } from './report/report.loader.js';

/** What the fund's resolvers and services work with. */
export interface FundApi {
  readonly applications: ApplicationLoader;
  readonly annualAid: AnnualAidLoader;
  readonly grants: GrantLoader;
  readonly notices: NoticeLoader;
  readonly reports: ReportLoader;
  readonly policies: PolicyLoader;
  readonly claims: ClaimLoader;
  readonly clawBacks: ClawBackLoader;
  readonly contributions: ContributionLoader;
  readonly ledger: LedgerLoader;
  readonly payouts: PayoutLoader;
  /** Asked by jobs alone: the simulated one tells nobody else anything. */
  readonly bank: Bank;
  readonly fieldKeys: FieldKeys;
  /** Of which kinds a patient has handed in papers that the caller may see. */
  readonly storedKinds: DataLoader<string, readonly DocumentKind[]>;
  /** What the caller is to an application: decided by the row, and for caregivers by the patient subgraph. */
  readonly standing: (application: Pick<LoadedApplication, 'own' | 'patient'>) => Promise<Standing>;
}

export type FundContext = SubgraphContext & FundApi;
