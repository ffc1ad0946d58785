import DataLoader from 'dataloader';
import { idBelow, type Page } from '../../common/connection.js';
import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import { money } from '../../common/money.js';
import type { ContributionSource, ContributionStatus } from './contribution.enums.js';
import type { Contribution } from './contribution.js';

const COLUMNS = `
  id, number, fund_id as "fundId", source, organisation_id as "organisationId", amount_fen as "amountFen", status, reference,
  reason, pledged_at as "pledgedAt", cleared_at as "clearedAt", bounced_at as "bouncedAt", version,
  (select amount_fen from ledger_transfer
   where reference_id = contribution.id and kind = 'BOUNCE' and from_account = 'SHORTFALL') as "uncoveredFen"`;

const BY_ID = statement('contributions-by-id', `select ${COLUMNS} from contribution where id = any($1)`);

const matching =
  '($1::uuid is null or fund_id = $1) and ($2::text[] is null or status = any($2)) and ($3::text[] is null or source = any($3))';
/** The row rule again, in the words that the index is made for. */
const OWN = `organisation_id = (select caller_organisation()) and ${matching}`;

const page = (name: string, where: string) =>
  statement(name, `select ${COLUMNS} from contribution where ${where} and ${idBelow('$4')} order by id desc limit $5`);
const PAGES = { all: page('contributions', matching), own: page('contributions-own', OWN) } as const;

const count = (name: string, where: string) =>
  statement(name, `select count(*)::int as count from contribution where ${where}`);
const COUNTS = { all: count('count-contributions', matching), own: count('count-contributions-own', OWN) } as const;

const BY_REFERENCE = statement(
  'contribution-by-reference',
  'select id from contribution where organisation_id = $1 and reference = $2',
);

interface Row {
  id: string;
  number: string;
  fundId: string;
  source: ContributionSource;
  organisationId: string | null;
  amountFen: string;
  status: ContributionStatus;
  reference: string | null;
  reason: string | null;
  pledgedAt: string;
  clearedAt: string | null;
  bouncedAt: string | null;
  version: number;
  uncoveredFen: string | null;
}

/** A contribution as resolvers hand it on. Its fund is found when it is selected. */
export type LoadedContribution = Contribution & { readonly fundId: string };

const loaded = ({ organisationId, amountFen, uncoveredFen, ...rest }: Row): LoadedContribution => ({
  ...rest,
  organisation: organisationId === null ? null : { id: organisationId },
  amount: money(amountFen),
  uncovered: uncoveredFen === null ? null : money(uncoveredFen),
});

/** All of them, or those of the organisation that the caller acts for. */
export type ContributionList = keyof typeof PAGES;

export interface ContributionMatch {
  readonly fundId: string | null;
  readonly status: readonly ContributionStatus[] | null;
  readonly source: readonly ContributionSource[] | null;
}

/** Reads contributions as the caller may see them. */
export class ContributionLoader {
  private readonly loader: DataLoader<string, LoadedContribution | null>;

  constructor(private readonly session: Session) {
    this.loader = new DataLoader(async (ids) => {
      const rows = await session.rows<Row>(BY_ID, [ids]);
      const found = new Map(rows.map((row) => [row.id, loaded(row)]));
      return ids.map((id) => found.get(id) ?? null);
    });
  }

  byId(id: string): Promise<LoadedContribution | null> {
    return this.loader.load(id);
  }

  /** After a change the next read must not answer from before it. */
  forget(id: string): void {
    this.loader.clear(id);
  }

  /** Newest first; one more than the page holds where there are more. */
  async page(
    list: ContributionList,
    { fundId, status, source }: ContributionMatch,
    { after, first }: Page,
  ): Promise<LoadedContribution[]> {
    return (await this.session.rows<Row>(PAGES[list], [fundId, status, source, after, first + 1])).map(loaded);
  }

  async count(list: ContributionList, { fundId, status, source }: ContributionMatch): Promise<number> {
    return this.session.count(COUNTS[list], [fundId, status, source]);
  }

  /** Id of what an organisation has reported under a reference of its own; null for nothing that the caller may see. */
  async reported(organisationId: string, reference: string): Promise<string | null> {
    const [row] = await this.session.rows<{ id: string }>(BY_REFERENCE, [organisationId, reference]);
    return row?.id ?? null;
  }
}
