import { sqlMigration } from '../../common/migrate.js';

export const payoutAccountTable = sqlMigration(
  '0002-payout-account',
  `
create table payout_account (
  patient_id uuid primary key constraint payout_account_patient_id_foreign references patient (id),
  -- what was never sealed is not taken
  holder_sealed text not null check (holder_sealed ~ '^v[0-9]+[.]'),
  account_sealed text not null check (account_sealed ~ '^v[0-9]+[.]'),
  bank_code text not null check (bank_code ~ '^[0-9]{12}$'),
  masked text not null check (masked ~ '^[*]{4} [0-9]{4}$'),
  changed_at timestamptz not null,
  version int not null default 1
);
revoke delete on payout_account from care_patient;

-- not as for the patient's other tables: who works on something of theirs sees no account
alter table payout_account enable row level security;
create policy payout_account_own on payout_account
  using (exists (select from patient where patient.id = patient_id
    and (subject = caller_subject() or caller_cares_for(patient.id, 'VIEW')) offset 0))
  with check (exists (select from patient where patient.id = patient_id
    and (subject = caller_subject() or caller_cares_for(patient.id, 'APPLY')) offset 0));
-- 'via' is set only where a subgraph has signed the question
create policy payout_account_to_pay on payout_account for select
  using (caller_via() = 'fund' and (caller_has_role('FINANCE') or caller_subject() = 'system:fund'));
`,
);
