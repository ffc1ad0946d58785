import type { Client, Pool } from 'pg';

/** Something that must be true of the books. */
export interface LedgerCheck {
  readonly name: string;
  /** What is wrong where rows are found, and what to do, for those who keep the fund's money. */
  readonly sentence: string;
  /** Finds what is wrong: reads from VIEWS, which hold what belongs to the funds that are looked at. */
  readonly sql: string;
}

/** What a check found. */
export interface LedgerProblem {
  readonly check: string;
  readonly sentence: string;
  /** At most MOST_ROWS of what is wrong. Ids and fen as text; nothing of a person. */
  readonly rows: object[];
}

export interface LedgerReport {
  readonly checks: number;
  readonly funds: number;
  readonly transfers: number;
  readonly problems: LedgerProblem[];
}

/** More rows of one kind tell nothing new. */
const MOST_ROWS = 20;

const ACCOUNT_COLUMNS = [
  'outside',
  'available',
  'reserved',
  'payable',
  'in_transit',
  'paid_out',
  'receivable',
  'shortfall',
] as const;
const accounts = (of: (name: string) => string): string => ACCOUNT_COLUMNS.map(of).join(', ');

/** Columns of `moved`, and the transfers that each adds up. */
const MOVES: readonly (readonly [string, string])[] = [
  ['contribution', `kind = 'CONTRIBUTION'`],
  ['bounce', `kind = 'BOUNCE'`],
  ['granted', `kind = 'GRANT'`],
  ['release', `kind = 'RELEASE'`],
  ['award', `kind = 'AWARD'`],
  ['take_back', `kind = 'TAKE_BACK'`],
  ['send', `kind = 'SEND'`],
  ['pay', `kind = 'PAY'`],
  ['return_unpaid', `kind = 'RETURN' and from_account = 'IN_TRANSIT'`],
  ['return_paid', `kind = 'RETURN' and from_account = 'PAID_OUT'`],
  ['claw_back', `kind = 'CLAW_BACK'`],
  ['repayment', `kind = 'REPAYMENT'`],
];

/**
 * @param of narrows rows to the funds that are looked at, by the column that names their fund
 * @param kept how PostgreSQL is to read them: what is of one fund is worth being read once, of all funds it has indexes
 */
const views = (of: (column: string) => string, kept: string): string => `
  balance as ${kept} (select * from fund.fund_balance where ${of('fund_id')}),
  transfer as ${kept} (select * from fund.ledger_transfer where ${of('fund_id')}),
  contribution as ${kept} (select * from fund.contribution where ${of('fund_id')}),
  application as ${kept} (select * from fund.application where ${of('fund_id')}),
  aid_grant as ${kept} (select *, maximum_fen - awarded_fen - released_fen as rest from fund.aid_grant where ${of('fund_id')}),
  claim as ${kept} (select *, coalesce(award_fen, 0) - taken_back_fen as aid from fund.claim where ${of('fund_id')}),
  payout as ${kept} (select * from fund.payout where ${of('fund_id')}),
  claw_back as ${kept} (select * from fund.claw_back where ${of('fund_id')}),
  expense_line as ${kept} (
    select line.*, claim.status from fund.expense_line line join claim on claim.id = line.claim_id),
  -- a patient's year is over all funds
  patient_year as materialized (select distinct patient_id, aid_year from aid_grant),
  -- what has moved for the sake of each thing
  moved as materialized (
    select reference_id, ${MOVES.map(([name, which]) => `coalesce(sum(amount_fen) filter (where ${which}), 0) as ${name}`).join(', ')}
    from transfer where kind <> 'COVER' group by reference_id),
  account_moved as materialized (
    select fund_id, account, sum(fen) as fen from (
      select fund_id, to_account as account, amount_fen as fen from transfer
      union all select fund_id, from_account, -amount_fen from transfer) entry group by 1, 2),
  of_claims as materialized (
    select grant_id, coalesce(sum(aid) filter (where status in ('APPROVED', 'PAID')), 0) as awarded,
      coalesce(sum(aid) filter (where status = 'PAID'), 0) as paid, coalesce(sum(moved.award), 0) as award_moved
    from claim left join moved on moved.reference_id = claim.id group by grant_id),
  of_claw_backs as materialized (
    select grant_id, coalesce(sum(amount_fen) filter (where claw_back.status = 'DUE'), 0) as due,
      coalesce(sum(moved.take_back + moved.repayment), 0) as came_back, coalesce(sum(moved.release), 0) as released
    from claw_back join claim on claim.id = claw_back.claim_id left join moved on moved.reference_id = claw_back.id group by grant_id)`;

/** An account of each fund beside what should be in it. */
const account = (name: (typeof ACCOUNT_COLUMNS)[number], should: string): string => `
  select * from (select fund_id as "fundId", ${name}_fen::text as "balanceFen",
    (select coalesce(sum(fen), 0)::text from (${should}) expected where expected.fund_id = balance.fund_id) as "expectedFen" from balance) each
  where "balanceFen" <> "expectedFen"`;

/** What must be true of the books after every transaction. */
export const LEDGER_CHECKS: readonly LedgerCheck[] = [
  {
    name: 'balance-is-sum-of-transfers',
    sentence:
      'The balance of an account is not what its transfers add up to. Trust the transfers, and stop paying out until the balance is corrected.',
    sql: `select fund.id as "fundId", account.name as account, account.fen::text as "balanceFen", coalesce(account_moved.fen, 0)::text as "transfersFen"
      from funds fund left join balance on fund_id = fund.id
      cross join lateral (values ${accounts((name) => `('${name.toUpperCase()}', ${name}_fen)`)}) account (name, fen)
      left join account_moved on account_moved.fund_id = fund.id and account_moved.account = account.name
      where account.fen is distinct from coalesce(account_moved.fen, 0)`,
  },
  {
    name: 'sum-is-zero',
    sentence:
      'The accounts of a fund do not add up to zero: money has come from nowhere or gone nowhere. Stop paying out and look at what changed the balances.',
    sql: `select fund_id as "fundId", (${ACCOUNT_COLUMNS.map((name) => `${name}_fen`).join(' + ')})::text as "sumFen" from balance
      where ${ACCOUNT_COLUMNS.map((name) => `${name}_fen`).join(' + ')} <> 0`,
  },
  {
    name: 'signs',
    sentence:
      'An account is below zero that cannot be, or above zero where it only owes. Stop paying out and look at the transfers of that account.',
    sql: `select fund_id as "fundId", name as account, fen::text as "balanceFen" from balance
      cross join lateral (values ${accounts((name) => `('${name.toUpperCase()}', ${name}_fen)`)}) account (name, fen)
      where case when name in ('OUTSIDE', 'SHORTFALL') then fen > 0 else fen < 0 end`,
  },
  {
    name: 'shortfall-is-covered-first',
    sentence:
      'A fund has money to give although what a bounced contribution left missing is not made up. Give nothing from it until it is covered.',
    sql: `select fund_id as "fundId", available_fen::text as "availableFen", shortfall_fen::text as "shortfallFen" from balance where available_fen > 0 and shortfall_fen < 0`,
  },
  {
    name: 'contributed-is-outside',
    sentence:
      'What came in from outside is not the sum of the contributions that have cleared. Compare the contributions with the bank statement.',
    sql: account('outside', `select fund_id, -amount_fen as fen from contribution where status = 'CLEARED'`),
  },
  {
    name: 'reserved-is-contributed',
    sentence: 'More is reserved for grants than was ever contributed. Approve nothing more from this fund.',
    sql: `select fund_id as "fundId", reserved_fen::text as "reservedFen", cleared::text as "contributedFen", shortfall_fen::text as "shortfallFen" from balance
      cross join lateral (select coalesce(sum(amount_fen), 0) as cleared from contribution where contribution.fund_id = balance.fund_id and status = 'CLEARED') given
      where reserved_fen > cleared - shortfall_fen`,
  },
  {
    name: 'reserved-of-fund',
    sentence:
      'What a fund has reserved is not what is left of its grants. Find the grant by the check `reserved-of-grant`.',
    sql: account('reserved', 'select fund_id, rest as fen from aid_grant'),
  },
  {
    name: 'reserved-of-grant',
    sentence:
      'What is left of a grant is not what its transfers leave of it. Pay nothing of this grant until it is clear which of them is missing.',
    sql: `select * from (
        select aid_grant.id as "grantId", rest::text as "leftFen",
          (coalesce(moved.granted - moved.release, 0) - coalesce(award_moved, 0) + coalesce(came_back - released, 0))::text as "transfersFen"
        from aid_grant left join moved on moved.reference_id = aid_grant.id
        left join of_claims on of_claims.grant_id = aid_grant.id left join of_claw_backs on of_claw_backs.grant_id = aid_grant.id) each
      where "leftFen" <> "transfersFen"`,
  },
  {
    name: 'grant-has-its-transfers',
    sentence:
      'A grant was not reserved for its whole maximum, or what went back when it ended is not what it says. Look at the transfers of this grant.',
    sql: `select aid_grant.id as "grantId", maximum_fen::text as "maximumFen", coalesce(granted, 0)::text as "reservedFen", released_fen::text as "releasedFen",
        (coalesce(release, 0) + coalesce(released, 0))::text as "wentBackFen"
      from aid_grant left join moved on moved.reference_id = aid_grant.id left join of_claw_backs on grant_id = aid_grant.id
      where maximum_fen <> coalesce(granted, 0) or released_fen <> coalesce(release, 0) + coalesce(released, 0)`,
  },
  {
    name: 'payable-of-fund',
    sentence:
      'What a fund has to pay is not the sum of its approved claims that are not with the bank. Release no batch of this fund.',
    sql: account(
      'payable',
      `select fund_id, aid as fen from claim where status = 'APPROVED' and not exists (select from payout where claim_id = claim.id and payout.status = 'SENT')`,
    ),
  },
  {
    name: 'in-transit-of-fund',
    sentence:
      'What is with the bank is not the sum of the payouts that were sent and not answered. Ask the bank for its answer to each open batch.',
    sql: account('in_transit', `select fund_id, amount_fen as fen from payout where status = 'SENT'`),
  },
  {
    name: 'paid-out-of-fund',
    sentence: 'What was paid out is not the sum of the paid claims. Compare the paid claims with the bank statement.',
    sql: account('paid_out', `select fund_id, aid as fen from claim where status = 'PAID'`),
  },
  {
    name: 'receivable-of-fund',
    sentence: 'What has to come back to a fund is not the sum of the claw-backs that are due.',
    sql: account('receivable', `select fund_id, amount_fen as fen from claw_back where status = 'DUE'`),
  },
  {
    name: 'grant-awarded',
    sentence:
      'What a grant says was awarded is not the sum of its approved and paid claims and of what is due back. Approve no claim of this grant.',
    sql: `select aid_grant.id as "grantId", awarded_fen::text as "awardedFen", (coalesce(awarded, 0) + coalesce(due, 0))::text as "claimsFen"
      from aid_grant left join of_claims on of_claims.grant_id = aid_grant.id left join of_claw_backs on of_claw_backs.grant_id = aid_grant.id
      where awarded_fen <> coalesce(awarded, 0) + coalesce(due, 0)`,
  },
  {
    name: 'grant-paid',
    sentence: 'What a grant says was paid is not the sum of its paid claims. Compare its claims with its payouts.',
    sql: `select aid_grant.id as "grantId", paid_fen::text as "paidFen", coalesce(paid, 0)::text as "claimsFen"
      from aid_grant left join of_claims on grant_id = aid_grant.id where paid_fen <> coalesce(paid, 0)`,
  },
  {
    name: 'grant-status',
    sentence:
      'A grant can be claimed from with nothing left of it, cannot although something is left, or has ended with a rest that the fund did not get back.',
    sql: `select id as "grantId", status, rest::text as "leftFen", released_fen::text as "releasedFen" from aid_grant
      where case status when 'ACTIVE' then rest = 0 else rest <> 0 end or (status in ('ACTIVE', 'EXHAUSTED') and released_fen <> 0)`,
  },
  {
    name: 'annual-aid',
    sentence:
      "A patient's year does not say what their grants of that year add up to. Grant this patient nothing more until it does.",
    sql: `select year.patient_id as "patientId", year.aid_year as "aidYear", aid.granted_fen::text as "grantedFen", sums.granted::text as "grantsFen",
        aid.awarded_fen::text as "awardedFen", sums.awarded::text as "grantsAwardedFen", aid.paid_fen::text as "paidFen", sums.paid::text as "grantsPaidFen"
      from patient_year year left join fund.annual_aid aid using (patient_id, aid_year)
      left join lateral (select sum(maximum_fen - released_fen) as granted, sum(awarded_fen) as awarded, sum(paid_fen) as paid
        from fund.aid_grant g where g.patient_id = year.patient_id and g.aid_year = year.aid_year) sums on true
      where (aid.granted_fen, aid.awarded_fen, aid.paid_fen) is distinct from (sums.granted, sums.awarded, sums.paid)`,
  },
  {
    name: 'annual-cap',
    sentence:
      "A patient was granted more in a year than the cap, or awarded more than granted, or paid more than awarded. Pay this patient's claims only after a decision by two officers.",
    sql: `select patient_id as "patientId", aid_year as "aidYear", cap_fen::text as "capFen", granted_fen::text as "grantedFen", awarded_fen::text as "awardedFen", paid_fen::text as "paidFen"
      from fund.annual_aid join patient_year using (patient_id, aid_year) where granted_fen > cap_fen or awarded_fen > granted_fen or paid_fen > awarded_fen`,
  },
  {
    name: 'contribution-has-its-transfer',
    sentence:
      'A contribution that has cleared is not in the ledger once, one that has not is, or one that bounced was not taken out again. Compare it with the bank statement.',
    sql: `select contribution.id as "contributionId", status, amount_fen::text as "amountFen", coalesce(moved.contribution, 0)::text as "inFen", coalesce(bounce, 0)::text as "outFen"
      from contribution left join moved on reference_id = contribution.id
      where (coalesce(moved.contribution, 0), coalesce(bounce, 0)) <> case
        when status = 'CLEARED' then row (amount_fen::numeric, 0::numeric)
        when cleared_at is not null then row (amount_fen::numeric, amount_fen::numeric) else row (0::numeric, 0::numeric) end`,
  },
  {
    name: 'claim-has-its-transfers',
    sentence:
      'An approved claim is not in the ledger with its award, one that was not approved is, or what was taken back of it is not. Do not pay this claim.',
    sql: `select * from (
        select claim.id as "claimId", status, (case when status in ('APPROVED', 'PAID', 'REVERSED') then award_fen else 0 end)::text as "awardFen",
          coalesce(award_moved.award, 0)::text as "transfersFen", taken_back_fen::text as "takenBackFen", coalesce(back.fen, 0)::text as "tookBackFen", aid
        from claim left join moved award_moved on reference_id = claim.id
        left join (select claim_id, sum(moved.take_back + moved.claw_back) as fen from claw_back join moved on reference_id = claw_back.id group by 1) back on back.claim_id = claim.id) each
      where "awardFen" <> "transfersFen" or "takenBackFen" <> "tookBackFen" or (status in ('APPROVED', 'PAID') and aid <= 0) or (status = 'REVERSED' and aid <> 0)`,
  },
  {
    name: 'payout-has-its-transfers',
    sentence:
      'A payout is not in the ledger as it stands: sent, paid, returned or none of these. Ask the bank what became of it before anything is sent again.',
    sql: `select payout.id as "payoutId", status, amount_fen::text as "amountFen", coalesce(send, 0)::text as "sentFen", coalesce(pay, 0)::text as "paidFen",
        coalesce(return_unpaid, 0)::text as "returnedUnpaidFen", coalesce(return_paid, 0)::text as "returnedPaidFen"
      from payout left join moved on reference_id = payout.id
      where not case status
        when 'SENT' then (send, pay, return_unpaid, return_paid) is not distinct from (amount_fen::numeric, 0::numeric, 0::numeric, 0::numeric)
        when 'PAID' then (send, pay, return_unpaid, return_paid) is not distinct from (amount_fen::numeric, amount_fen::numeric, 0::numeric, 0::numeric)
        -- a return after paying brings what was not already asked back from the patient
        when 'RETURNED' then (send, pay, return_unpaid, return_paid) is not distinct from (amount_fen::numeric, 0::numeric, amount_fen::numeric, 0::numeric)
          or coalesce((send, pay, return_unpaid) = (amount_fen::numeric, amount_fen::numeric, 0::numeric) and return_paid between 1 and amount_fen, false)
          or (released_by is null and coalesce(send + pay + return_unpaid + return_paid, 0) = 0)
        else coalesce(send + pay + return_unpaid + return_paid, 0) = 0 end`,
  },
  {
    name: 'payout-is-what-is-owed',
    sentence:
      'A payout that is with the bank is not of an approved claim, or not of what is still to be paid of it. Ask the bank to stop it.',
    sql: `select payout.id as "payoutId", payout.status, amount_fen::text as "amountFen", claim.status as "claimStatus", aid::text as "owedFen"
      from payout left join claim on claim.id = claim_id
      where payout.status = 'SENT' and (claim.status is distinct from 'APPROVED' or amount_fen is distinct from aid)`,
  },
  {
    name: 'claim-is-paid-once',
    sentence:
      'A claim was paid more than once, or it counts as paid without a payout, or was paid and does not count so. Ask the bank, and ask the patient for what was paid twice.',
    sql: `select claim.id as "claimId", claim.status, count(payout.id)::int as payouts from claim left join payout on claim_id = claim.id and payout.status = 'PAID'
      group by claim.id, claim.status
      having count(payout.id) > 1 or (claim.status = 'PAID' and count(payout.id) = 0) or (claim.status not in ('PAID', 'REVERSED') and count(payout.id) > 0)`,
  },
  {
    name: 'bank-paid-once',
    sentence: 'The bank paid a claim more than once. Ask it to call the second payment back.',
    sql: `select claim_id as "claimId", count(*)::int as payments from payout join fund.simulated_bank_payment bank using (end_to_end_id)
      left join moved on reference_id = payout.id
      where outcome like 'SETTLED%' and coalesce(return_paid, 0) = 0 group by claim_id having count(*) > 1`,
  },
  {
    name: 'bank-paid-what-was-sent',
    sentence:
      'The bank was told another amount than that of the payout, or has paid one that stands here as not paid. Compare the batch with the bank statement.',
    sql: `select payout.id as "payoutId", payout.status, payout.amount_fen::text as "amountFen", bank.amount_fen::text as "bankFen"
      from payout join fund.simulated_bank_payment bank using (end_to_end_id) left join moved on reference_id = payout.id
      where payout.amount_fen <> bank.amount_fen
        or (outcome like 'SETTLED%' and payout.status not in ('SENT', 'PAID') and coalesce(return_paid, 0) = 0)`,
  },
  {
    name: 'claw-back-has-its-transfers',
    sentence:
      'What has to come back of a claim is not in the ledger as it stands. Do not ask the patient for it until it is.',
    sql: `select claw_back.id as "clawBackId", status, amount_fen::text as "amountFen", coalesce(take_back, 0)::text as "takenBackFen",
        coalesce(moved.claw_back, 0)::text as "clawedBackFen", coalesce(repayment, 0)::text as "repaidFen"
      from claw_back left join moved on reference_id = claw_back.id
      where not case status
        when 'WAITING' then coalesce(take_back + moved.claw_back + repayment, 0) = 0
        when 'DUE' then (take_back, moved.claw_back, repayment) is not distinct from (0::numeric, amount_fen::numeric, 0::numeric)
        else (take_back, moved.claw_back, repayment) is not distinct from (amount_fen::numeric, 0::numeric, 0::numeric)
          or (take_back, moved.claw_back, repayment) is not distinct from (0::numeric, amount_fen::numeric, amount_fen::numeric)
          -- a refund that costs nothing of the award
          or (amount_fen = 0 and coalesce(take_back + moved.claw_back + repayment, 0) = 0) end`,
  },
  {
    name: 'expense-counts-once',
    sentence: 'An expense was claimed twice. Reverse the later claim.',
    sql: `select 'order line' as what, order_line_id::text as id, count(*)::int as times, min(claim_id::text) as "oneClaimId", max(claim_id::text) as "otherClaimId" from expense_line
      where counts and order_line_id is not null group by order_line_id having count(*) > 1
      union all select 'invoice', min(id::text), count(*)::int, min(claim_id::text), max(claim_id::text) from expense_line
      where counts and invoice_number is not null group by invoice_issuer, invoice_number having count(*) > 1`,
  },
  {
    name: 'expense-counts',
    sentence:
      'An expense of a claim that stands does not count, so it could be claimed again; or one of a claim that came to nothing still counts. Two must look at this claim.',
    sql: `select id as "expenseLineId", claim_id as "claimId", status, counts from expense_line
      where (not counts and status in ('ENTERED', 'CHECKED', 'APPROVED', 'PAID')) or (counts and status in ('REJECTED', 'WITHDRAWN'))`,
  },
  {
    name: 'claim-is-sum-of-expenses',
    sentence:
      'A claim does not ask for what its expenses add up to, or was awarded more than the patient paid. Do not pay this claim.',
    sql: `select claim.id as "claimId", asked_fen::text as "askedFen", sum(amount_fen)::text as "expensesFen", self_paid_fen::text as "selfPaidFen", award_fen::text as "awardFen"
      from claim left join expense_line line on line.claim_id = claim.id
      group by claim.id, asked_fen, self_paid_fen, award_fen
      having asked_fen is distinct from sum(amount_fen) or coalesce(award_fen, 0) > self_paid_fen
        or self_paid_fen is distinct from sum(amount_fen - basic_insurance_fen - serious_illness_insurance_fen - medical_assistance_fen - commercial_insurance_fen - other_charity_fen)`,
  },
  {
    name: 'transfer-has-its-reference',
    sentence:
      'Money moved for something that does not exist, or that is of another fund. Look at who made the transfer.',
    sql: `select transfer.id as "transferId", transfer.fund_id as "fundId", transfer.kind, transfer.reference_id as "referenceId" from transfer
      left join contribution on kind in ('CONTRIBUTION', 'BOUNCE') and contribution.id = reference_id
      left join aid_grant on kind in ('GRANT', 'RELEASE') and aid_grant.id = reference_id
      left join claim on kind = 'AWARD' and claim.id = reference_id
      left join payout on kind in ('SEND', 'PAY', 'RETURN') and payout.id = reference_id
      left join claw_back on kind in ('TAKE_BACK', 'CLAW_BACK', 'REPAYMENT', 'RELEASE') and claw_back.id = reference_id
      left join transfer covered on transfer.kind = 'COVER' and covered.id = transfer.reference_id
      where coalesce(contribution.fund_id, aid_grant.fund_id, claim.fund_id, payout.fund_id, claw_back.fund_id, covered.fund_id) is distinct from transfer.fund_id`,
  },
  {
    name: 'same-fund',
    sentence:
      'A claim, payout or claw-back is of another fund, patient or application than the grant that it is paid from. Do not pay it.',
    sql: `select claim.id as "claimId", null::uuid as "payoutId", null::uuid as "clawBackId" from claim left join aid_grant g on g.id = grant_id
        where (g.fund_id, g.patient_id, g.application_id) is distinct from (claim.fund_id, claim.patient_id, claim.application_id)
      union all select claim_id, payout.id, null from payout left join claim on claim.id = claim_id left join fund.payout_batch batch on batch.id = batch_id
        where claim.id is null or batch.fund_id is distinct from payout.fund_id
      union all select claim_id, null, claw_back.id from claw_back left join claim on claim.id = claim_id where claim.id is null`,
  },
  {
    name: 'application-has-its-grant',
    sentence:
      'An approved application has no grant, or one that was not approved has. Decide which of the two is right before anything is paid.',
    sql: `select application.id as "applicationId", application.status, aid_grant.id as "grantId" from application left join aid_grant on application_id = application.id
      where (application.status = 'APPROVED') <> (aid_grant.id is not null)`,
  },
];

/** The one statement in which all is looked at: it sees one moment, as a transaction for it alone would. */
const STATEMENTS = { one: statementOf(true), all: statementOf(false) } as const;

function statementOf(oneFund: boolean): string {
  const of = (column: string) => (oneFund ? `${column} = $1` : 'true');
  const found = LEDGER_CHECKS.map(
    ({ sql }, index) => `(select ${index}, to_jsonb(f) from (${sql}) f limit ${MOST_ROWS})`,
  );
  return `with funds as not materialized (select id from fund.fund where ${of('id')}), ${views(of, oneFund ? 'materialized' : 'not materialized')}
    select -1 as check, jsonb_build_object('funds', (select count(*) from funds), 'transfers', (select count(*) from transfer)) as row
    union all ${found.join('\nunion all ')}`;
}

/**
 * The same for the fund itself, which must not see what is in its own books: a function that looks past row-level security, writes down
 * what it found, and tells how many rows are wrong by the names of the checks. For a migration, and for one more whenever a check changes.
 */
export const ledgerCheckFunction = (): string => `
create or replace function check_ledger() returns ledger_check language plpgsql security definer set search_path = fund, pg_temp set jit = off as $$
declare
  kept ledger_check;
begin
  if not caller_is_system() then
    raise insufficient_privilege using message = 'Only the fund itself checks its ledger';
  end if;
  insert into ledger_check (checks, funds, transfers, problems)
  select ${LEDGER_CHECKS.length}, (max(seen->>'funds') filter (where number = -1))::int, (max(seen->>'transfers') filter (where number = -1))::bigint,
    coalesce(array_agg(distinct ('{${LEDGER_CHECKS.map(({ name }) => name).join(',')}}'::text[])[number + 1]) filter (where number >= 0), '{}')
  from (${STATEMENTS.all}) found (number, seen)
  returning * into kept;
  return kept;
end $$;
`;

interface Found {
  readonly check: number;
  readonly row: object;
}

/**
 * Looks for what is wrong in the books: one statement, which reads and does nothing else.
 *
 * @param client an administrator, or the owner of the fund's tables: row-level security would hide what is wrong
 * @param options.fundId only this fund. A patient's year is looked at over all funds in any case
 */
export async function verifyLedger(client: Client | Pool, { fundId }: { fundId?: string } = {}): Promise<LedgerReport> {
  const { rows } = await client.query<Found>(
    fundId
      ? { name: 'verify-ledger', text: STATEMENTS.one, values: [fundId] }
      : { name: 'verify-ledgers', text: STATEMENTS.all },
  );
  const looked = rows.find(({ check }) => check === -1)?.row as { funds: number; transfers: number };
  const problems = LEDGER_CHECKS.flatMap(({ name, sentence }, index): LedgerProblem[] => {
    const wrong = rows.filter(({ check }) => check === index).map(({ row }) => row);
    return wrong.length > 0 ? [{ check: name, sentence, rows: wrong }] : [];
  });
  return { checks: LEDGER_CHECKS.length, ...looked, problems };
}
