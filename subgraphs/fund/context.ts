import type { SubgraphContext } from '../common/context.js';
import type { AnnualAidLoader } from './aid/annual-aid.loader.js';
import type { ApplicationLoader, LoadedApplication } from './application/application.loader.js';
import type { Standing } from './application/application.rules.js';
import type { PolicyLoader } from './policy/policy.loader.js';

/** What the fund's resolvers and services work with. */
export interface FundApi {
  readonly applications: ApplicationLoader;
  readonly annualAid: AnnualAidLoader;
  readonly policies: PolicyLoader;
  /** What the caller is to an application: decided by the row, and for caregivers by the patient subgraph. */
  readonly standing: (application: Pick<LoadedApplication, 'own' | 'patient'>) => Promise<Standing>;
}

export type FundContext = SubgraphContext & FundApi;
