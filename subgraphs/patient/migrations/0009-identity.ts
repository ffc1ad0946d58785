import { sqlMigration } from '../../common/migrate.js';
import { MOST_FAILED_ATTEMPTS } from '../identity/identity.rules.js';

/** Who a patient is, sealed; and how often somebody has tried a national id that was another's. */
export const identityTables = sqlMigration(
  '0009-identity',
  `
create table patient_identity (
  patient_id uuid primary key constraint patient_identity_patient_id_foreign references patient (id),
  -- what was never sealed is not taken
  legal_name_sealed text not null check (legal_name_sealed ~ '^v[0-9]+[.]'),
  national_id_sealed text not null check (national_id_sealed ~ '^v[0-9]+[.]'),
  -- one national id registers once; made with a key, so that nobody can try numbers out
  national_id_index text not null constraint patient_identity_national_id_unique unique check (national_id_index ~ '^[A-Za-z0-9_-]{43}$'),
  phone_sealed text not null check (phone_sealed ~ '^v[0-9]+[.]'),
  address_sealed text check (address_sealed ~ '^v[0-9]+[.]'),
  insurance text not null check (insurance in ('URBAN_EMPLOYEE', 'RESIDENT', 'COMMERCIAL', 'OTHER', 'NONE')),
  insurance_note_sealed text check (insurance_note_sealed ~ '^v[0-9]+[.]'),
  changed_at timestamptz not null,
  version int not null default 1
);
-- a national id that was set stays
revoke update, delete on patient_identity from care_patient;
grant update (legal_name_sealed, phone_sealed, address_sealed, insurance, insurance_note_sealed, changed_at, version)
  on patient_identity to care_patient;

-- the patient and who acts for them: nobody who works on something of theirs sees this table
alter table patient_identity enable row level security;
create policy patient_identity_own on patient_identity
  using (caller_acts_for(patient_id, 'VIEW')) with check (caller_acts_for(patient_id, 'APPLY'));

-- the others see single columns, each for one purpose. 'via' is set only where a subgraph has signed the question

-- for a masked name: the patient's side, who reviews an application of theirs, and finance when the fund asks
create function legal_names(patients uuid[]) returns table (patient_id uuid, legal_name_sealed text)
  language sql stable security definer set search_path = patient
begin atomic
  select i.patient_id, i.legal_name_sealed from patient_identity i
  where i.patient_id = any(patients) and (
    caller_acts_for(i.patient_id, 'VIEW')
    or (caller_has_role('REVIEWER') and i.patient_id = any((select caller_patients())::uuid[]) and has_consent(i.patient_id, 'AID_REVIEW', null))
    or (caller_via() = 'fund' and caller_has_role('FINANCE')));
end;

-- for a parcel
create function delivery_contact(patient uuid) returns table (patient_id uuid, legal_name_sealed text, phone_sealed text, address_sealed text)
  language sql stable security definer set search_path = patient
begin atomic
  select i.patient_id, i.legal_name_sealed, i.phone_sealed, i.address_sealed from patient_identity i
  where i.patient_id = patient and caller_via() = 'pharmacy' and caller_has_role('PHARMACIST')
    and has_consent(i.patient_id, 'SHARE_WITH_PHARMACY', caller_organisation());
end;

-- that a national id is taken tells that somebody is a patient here: who enters such a one may do so a few times a day
create table identity_attempt (
  caller text not null,
  -- of Shanghai
  day date not null,
  failed int not null check (failed between 0 and ${MOST_FAILED_ATTEMPTS}),
  primary key (caller, day)
);
revoke delete on identity_attempt from care_patient;
alter table identity_attempt enable row level security;
create policy identity_attempt_own on identity_attempt
  using (caller = caller_subject()) with check (caller = caller_subject());
`,
);
