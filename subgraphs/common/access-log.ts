import { type Statement, statement } from './database.js';
import type { SubgraphName } from './settings.js';

/** Why somebody reads the record of a patient who is not themselves. */
export const READ_PURPOSES = [
  'CARE',
  'TREATMENT',
  'EMERGENCY',
  'DIAGNOSIS',
  'AID_REVIEW',
  'AID_PAYMENT',
  'PHARMACY',
] as const;

const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** Each purpose is one role's; a hospital and its physicians share one. */
const ROLE_OF_PURPOSE = `case purpose when 'CARE' then 'CAREGIVER' when 'TREATMENT' then 'PHYSICIAN' when 'EMERGENCY' then 'PHYSICIAN'
  when 'AID_REVIEW' then 'REVIEWER' when 'AID_PAYMENT' then 'FINANCE' when 'PHARMACY' then 'PHARMACIST'
  when 'DIAGNOSIS' then case when caller_has_role('HOSPITAL') then 'HOSPITAL' else 'PHYSICIAN' end end`;

/** What a statement shows of patients, for the log. SQL is over the columns that the statement gives. */
export interface Shows {
  /** The API's type, for example `Diagnosis`. */
  readonly record: string;
  /** The API's fields that it fills; as SQL (a `text[]`) where that depends on the caller. */
  readonly fields: readonly string[] | { readonly sql: string };
  /** SQL for the patient; a row where it is null shows nobody. Left out: `"patientId"`. */
  readonly patient?: string;
  /** SQL for the record's id. Left out: `id`. */
  readonly id?: string;
  /** SQL for why it is read, where `purpose_of_read(patient)` cannot tell: one of `READ_PURPOSES`, or `SELF` for the patient's own eyes. */
  readonly purpose?: string;
  /**
   * The parameter by which the rows are cut to one more than the page holds. That one is not shown and so not logged.
   * With `each`, the rows are cut for each value of it.
   */
  readonly page?: { readonly limit: string; readonly each?: string };
}

/** A read of patients' records, in two forms that give the same rows. */
export interface LoggedStatement {
  /** For the eyes of patients and for the subgraph itself. */
  readonly plain: Statement;
  /** The same read and its entries in the access log as one statement: both happen or neither, and then there is no data. */
  readonly logged: Statement;
}

/**
 * A read of patients' records that leaves an entry in `access_log` for each record that is not the caller's own. Run it by
 * `session.seen(read, values)`, which takes the plain form for who is only a patient: row-level security shows them nobody else.
 * Whoever reads without a purpose that `purpose_of_read` knows gets an error and no data.
 *
 *     const BY_ID = loggedStatement('diagnoses-by-id', `select id, patient_id as "patientId", … from diagnosis where id = any($1)`,
 *       { record: 'Diagnosis', fields: ['disease', 'hospital', 'status'] });
 *     const rows = await session.seen<DiagnosisRow>(BY_ID, [ids]);
 *
 * @param name unique over the subgraph
 * @param text a select; it gives a column for each of `Shows` that is not left to say otherwise
 */
export function loggedStatement(name: string, text: string, shows: Shows): LoggedStatement {
  const { record, fields, patient = '"patientId"', id = 'id', purpose = `purpose_of_read(${patient})`, page } = shows;
  const filled = 'sql' in fields ? fields.sql : `array[${listed(fields)}]::text[]`;
  const rows = page
    ? `(select *, row_number() over (${page.each ? `partition by ${page.each}` : ''}) as place from seen) seen where place < ${page.limit}`
    : 'seen';
  // offset 0: the purpose is worked out once a row. A materialised row set is given in the order in which it was made.
  return {
    plain: statement(name, text),
    logged: statement(
      `${name}-logged`,
      `with seen as materialized (${text}),
       logged as (
         insert into access_log (patient_id, subject, organisation_id, role, via, record, record_id, fields, purpose)
         select patient, caller_subject(), caller_organisation(), ${ROLE_OF_PURPOSE}, caller_via(), '${record}', record_id, fields, purpose
         from (select ${patient} as patient, ${id} as record_id, ${filled} as fields, ${purpose} as purpose from ${rows} offset 0) read
         where patient is not null and purpose is distinct from 'SELF')
       select * from seen`,
    ),
  };
}

/**
 * The table of the log, for a migration. It is only ever added to: its owner, too, changes and deletes only where
 * a transaction has said `set_config('app.erasing', 'on', true)`: when all of a patient's data is erased, what was read of them
 * goes, and what they read of others stays without who it was.
 *
 * The migration must make `purpose_of_read(patient uuid) returns text` beside it: one of `READ_PURPOSES`, `SELF` for the patient
 * themselves, null when there is none.
 *
 * @param readers SQL: who may see a row, which is the patient and who cares for them
 */
export const accessLogTable = (subgraph: SubgraphName, readers: string): string => `
create table access_log (
  id uuid primary key default uuidv7(),
  -- no foreign key: it would lock the patient's row at every read
  patient_id uuid not null,
  subject text not null,
  organisation_id uuid,
  role text not null,
  -- the subgraph that asked in their name
  via text,
  at timestamptz not null default now(),
  record text not null,
  record_id uuid not null,
  fields text[] not null,
  purpose text not null check (purpose in (${listed(READ_PURPOSES)}))
);
create index access_log_patient on access_log (patient_id, id);
revoke update, delete, truncate on access_log from care_${subgraph};
alter table access_log enable row level security;
create policy access_log_of_patient on access_log for select using (${readers});
create policy access_log_in_own_name on access_log for insert with check (subject = caller_subject());

create function refuse_to_change_log() returns trigger language plpgsql as $$
begin
  if current_setting('app.erasing', true) = 'on' and tg_op <> 'TRUNCATE' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  raise exception 'The access log is only ever added to.' using errcode = 'insufficient_privilege';
end $$;
create trigger access_log_stays before update or delete on access_log for each row execute function refuse_to_change_log();
create trigger access_log_stays_whole before truncate on access_log for each statement execute function refuse_to_change_log();
`;
