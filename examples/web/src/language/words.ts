import type { Trouble } from '../api';
import type { StepKind } from '../application/next-steps.rules';
import type {
  ApplicationAction,
  ApplicationStatus,
  ColdChainVerdict,
  DocumentKind,
  DrugOrderStatus,
} from '../gql/graphql';

/** All that the page says, in one language. The compiler asks for a word for every value of the schema. */
export interface Words {
  readonly title: string;
  readonly subtitle: string;
  readonly languages: string;
  readonly loading: string;
  readonly retry: string;
  readonly signIn: string;
  readonly signOut: string;
  readonly welcome: string;
  readonly welcomeMore: string;
  readonly sessionEnded: string;
  readonly signInFailed: string;
  readonly demo: string;

  readonly applications: string;
  readonly noApplications: string;
  readonly noApplicationsMore: string;
  readonly noSuchApplication: string;
  readonly forPatient: (name: string, year: number) => string;
  readonly diseaseUnknown: string;
  readonly status: Readonly<Record<ApplicationStatus, string>>;
  readonly documents: Readonly<Record<DocumentKind, string>>;

  readonly nextSteps: string;
  readonly steps: Readonly<Record<StepKind, (about: string) => string>>;
  readonly yourDeadline: (day: string) => string;
  readonly yourDeadlinePassed: (day: string) => string;
  readonly theirDeadline: (day: string) => string;
  readonly theirDeadlinePassed: (day: string) => string;
  readonly missingPapers: (papers: string) => string;
  readonly reviewerSays: (reason: string) => string;
  readonly youCanAlso: string;
  readonly actions: Readonly<Record<ApplicationAction, string>>;

  readonly aid: (year: number) => string;
  readonly aidLeft: (amount: string) => string;
  readonly aidOf: (cap: string) => string;
  readonly aidPaid: string;
  readonly aidGranted: string;
  readonly aidRest: string;

  readonly timeline: string;

  readonly orders: string;
  readonly noOrders: string;
  readonly orderStatus: Readonly<Record<DrugOrderStatus, string>>;
  readonly heldBack: string;
  readonly placedOn: (day: string) => string;
  readonly deliveredOn: (day: string) => string;
  readonly tracking: (number: string) => string;
  readonly medicineUnknown: string;
  readonly curve: string;
  readonly verdict: Readonly<Record<ColdChainVerdict, (outside: number, allowed: number) => string>>;
  readonly curveDescribed: (coldest: string, warmest: string, from: string, to: string) => string;
  readonly readings: string;
  readonly measuredAt: string;
  readonly temperature: string;

  /** Of a part of the page that is not there. */
  readonly missing: Readonly<Record<Trouble, string>>;
  /** Of the whole page. */
  readonly trouble: Readonly<Record<Trouble, string>>;
  readonly partly: string;
}
