import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql';
import { ForSubgraphs, Public } from './access.js';
import type { SubgraphContext } from './context.js';
import { type Session, statement } from './database.js';
import { checkedId } from './ids.js';
import { DateTime } from './scalars.js';
import type { SubgraphName } from './settings.js';

/**
 * What a subgraph knows of a patient, in SQL. `of_patient` is the patient and `of_subject` their own sign-in, null for somebody
 * whom only caregivers act for, or where it is not to be looked at.
 */
export interface DataRights {
  /** A `jsonb`: an object of arrays by kind, in the API's words; money by `fen_as_money`, times by `as_time`. Nobody else's sign-in. */
  readonly data: string;
  /** Why the patient cannot be erased now: conditions, by the word that the API has for them. */
  readonly obstacles: Readonly<Record<string, string>>;
  /** Statements that are run before rows are deleted, for example to lock. */
  readonly before?: string;
  /** Statements that delete rows. */
  readonly deletes: readonly string[];
  /** Statements that take the person out of rows that have to be kept; `erased_subject` stands for the sign-in. Each finds a row once. */
  readonly pseudonymises: readonly string[];
  /** Statements that delete rows to which kept ones pointed, until the person was taken out of them. */
  readonly deletesAtLast?: readonly string[];
  /**
   * Selects that count what still tells of the person, as `count`. What they did by their sign-in counts only from before
   * `erased_since`: whoever was erased may come back.
   */
  readonly traces: readonly string[];
  /** Who may erase, as a condition. Left out: the patient subgraph by itself. */
  readonly eraser?: string;
  /** Who may ask what is in the way, as a condition. Left out: the patient subgraph, for whomever. */
  readonly asker?: string;
}

/** What begins for patients and what closes them exclude each other, by these locks: some for all, as one transaction may begin much. */
const BEGINNING = `hashtext('begins-for-patient')`;
const BUCKETS = 64;

const counted = (into: string) => (text: string) =>
  `${text};
  get diagnostics touched = row_count;
  ${into} := ${into} + touched;`;

/**
 * What a subgraph needs to give out and erase what it knows of a patient, for a migration: who was erased, and the functions.
 * They look past row-level security, and so ask who calls. Erasing writes down what was done in the transaction in which it is
 * done, so that it can be asked for again.
 */
export const dataRightsFunctions = (subgraph: SubgraphName, rights: DataRights): string => `
-- who is being erased, and who was: the bare id. Nobody reads it but the functions here
create table erased_patient (
  patient_id uuid primary key,
  closed_at timestamptz not null default now(),
  deleted int not null default 0,
  pseudonymised int not null default 0,
  erased_at timestamptz
);
revoke insert, update, delete on erased_patient from care_${subgraph};
alter table erased_patient enable row level security;
${dataRightsAnew(subgraph, rights)}`;

/** The functions alone, in place of those that are there: for a later migration, by which there is more to give out and erase. */
export const dataRightsAnew = (
  subgraph: SubgraphName,
  {
    data,
    obstacles,
    before = '',
    deletes,
    pseudonymises,
    deletesAtLast = [],
    traces,
    eraser = `caller_via() = 'patient' and caller_subject() = 'system:patient'`,
    asker = `caller_via() = 'patient'`,
  }: DataRights,
): string => `
create or replace function fen_as_money(fen bigint) returns jsonb language sql immutable parallel safe
  return case when fen is not null then jsonb_build_object('amount', (fen / 100)::text || '.' || lpad((abs(fen) % 100)::text, 2, '0'), 'currency', 'CNY') end;
create or replace function as_time(at timestamptz) returns text language sql stable parallel safe
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

create or replace function refuse_unless_eraser() returns void language plpgsql stable as $$
begin
  if (${eraser}) is not true then
    raise exception 'Only the erasure of a patient may do this.' using errcode = 'insufficient_privilege';
  end if;
end $$;

create or replace function data_of_patient(of_patient uuid, of_subject text) returns jsonb
  language plpgsql stable security definer set search_path = ${subgraph} as $$
begin
  perform refuse_unless_eraser();
  return ${data};
end $$;

create or replace function erasure_obstacles(of_patient uuid, of_subject text) returns text[]
  language plpgsql stable security definer set search_path = ${subgraph} as $$
begin
  if (${asker}) is not true then
    perform refuse_unless_eraser();
  end if;
  return array_remove(array[${Object.entries(obstacles)
    .map(([kind, condition]) => `case when ${condition} then '${kind}' end`)
    .join(', ')}]::text[], null);
end $$;

-- from now on nothing begins for the patient; waits for what is beginning
create or replace function close_patient(of_patient uuid, closed boolean) returns void
  language plpgsql security definer set search_path = ${subgraph} as $$
begin
  perform refuse_unless_eraser();
  perform pg_advisory_xact_lock(${BEGINNING}, abs(hashtext(of_patient::text) % ${BUCKETS}));
  if closed then
    insert into erased_patient (patient_id) values (of_patient) on conflict do nothing;
  else
    delete from erased_patient where patient_id = of_patient and erased_at is null;
  end if;
end $$;

-- for triggers before whatever must not begin for somebody who is being erased
create or replace function refuse_erased() returns trigger
  language plpgsql security definer set search_path = ${subgraph} as $$
begin
  perform pg_advisory_xact_lock_shared(${BEGINNING}, abs(hashtext(new.patient_id::text) % ${BUCKETS}));
  if exists (select from erased_patient e where e.patient_id = new.patient_id) then
    raise exception 'The patient is being erased.' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace function erase_patient(of_patient uuid, of_subject text, out deleted int, out pseudonymised int)
  language plpgsql security definer set search_path = ${subgraph} as $$
#variable_conflict use_column
declare
  touched int;
  erased_subject text := 'erased:' || gen_random_uuid();
begin
  perform refuse_unless_eraser();
  perform pg_advisory_xact_lock(${BEGINNING}, abs(hashtext(of_patient::text) % ${BUCKETS}));
  -- lets the triggers of what is only ever added to delete
  perform set_config('app.erasing', 'on', true);
  deleted := 0;
  pseudonymised := 0;
  ${before}
  ${[
    ...deletes.map(counted('deleted')),
    ...pseudonymises.map(counted('pseudonymised')),
    ...deletesAtLast.map(counted('deleted')),
  ].join('\n  ')}
  perform set_config('app.erasing', '', true);
  insert into erased_patient as e (patient_id, deleted, pseudonymised, erased_at)
    values (of_patient, erase_patient.deleted, erase_patient.pseudonymised, now())
    on conflict (patient_id) do update set deleted = e.deleted + excluded.deleted, pseudonymised = e.pseudonymised + excluded.pseudonymised,
      erased_at = excluded.erased_at
    returning e.deleted, e.pseudonymised into deleted, pseudonymised;
end $$;

create or replace function traces_of_patient(of_patient uuid, of_subject text, erased_since timestamptz) returns bigint
  language plpgsql stable security definer set search_path = ${subgraph} as $$
begin
  perform refuse_unless_eraser();
  return (select coalesce(sum(count), 0) from (${traces.map((text) => `(${text})`).join(' union all ')}) each);
end $$;
`;

/** Out of whom and what a person's records are taken. */
export interface ErasedPerson {
  readonly patientId: string;
  /** Their own sign-in; null for somebody whom only caregivers act for. */
  readonly subject: string | null;
}

/** What erasing did, in rows. */
export interface ErasedRows {
  readonly deleted: number;
  readonly pseudonymised: number;
}

const DATA = statement('data-of-patient', 'select data_of_patient($1, $2)::text as data');
const OBSTACLES = statement('erasure-obstacles', 'select erasure_obstacles($1, $2) as kinds');
const TRACES = statement('traces-of-patient', 'select traces_of_patient($1, $2, $3)::int as count');

/** Everything that the subgraph knows of a patient, as JSON text. */
export async function dataOfPatient(session: Session, { patientId, subject }: ErasedPerson): Promise<string> {
  const [row] = await session.rows<{ data: string }>(DATA, [patientId, subject]);
  return row?.data as string;
}

/** Why a patient cannot be erased now, in words of the API; empty when they can. */
export async function erasureObstacles(session: Session, { patientId, subject }: ErasedPerson): Promise<string[]> {
  const [row] = await session.rows<{ kinds: string[] }>(OBSTACLES, [patientId, subject]);
  return row?.kinds ?? [];
}

/** Lets nothing begin for a patient any more, or again. */
export const closePatient = (session: Session, patientId: string, closed: boolean): Promise<unknown> =>
  session.decide((sql) => sql.execute('select close_patient(?, ?)', [patientId, closed]));

/** Erases a patient in one transaction. Doing it again finds nothing more, and answers what was done over all. */
export const erasePatient = (session: Session, { patientId, subject }: ErasedPerson): Promise<ErasedRows> =>
  session.decide(async (sql) => {
    const [rows] = await sql.execute<[ErasedRows]>('select deleted, pseudonymised from erase_patient(?, ?)', [
      patientId,
      subject,
    ]);
    return rows;
  });

/** How many rows still tell of a person; what their sign-in did since then is of a new life. */
export async function tracesOfPatient(
  session: Session,
  { patientId, subject }: ErasedPerson,
  erasedSince: Date,
): Promise<number> {
  return session.count(TRACES, [patientId, subject, erasedSince]);
}

@ArgsType()
class PersonArgs {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => String, { nullable: true, description: "The patient's own sign-in, where they have one." })
  subject?: string | null;
}

@ArgsType()
class TracesArgs extends PersonArgs {
  @Field(() => DateTime, { description: 'When the erasure began: what the sign-in did later does not count.' })
  erasedSince!: Date;
}

@ArgsType()
class ClosePatientArgs {
  @Field(() => ID, { description: 'The patient.' })
  patientId!: string;

  @Field(() => Boolean, { description: 'Whether nothing may begin for them any more; false takes that back.' })
  closed!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What erasing a patient did in a subgraph. For subgraphs.' })
@Directive('@shareable')
@Directive('@inaccessible')
@Public()
class ErasedRowsOfPatient implements ErasedRows {
  @Field(() => Int, { description: 'Rows that are gone.' })
  readonly deleted!: number;

  @Field(() => Int, { description: 'Rows that have to be kept, and tell of nobody any more.' })
  readonly pseudonymised!: number;
}

const personOf = ({ patientId, subject }: PersonArgs): ErasedPerson => ({
  patientId: checkedId(patientId, 'patientId'),
  subject: subject ?? null,
});

/** What the patient subgraph asks each of the others when a person takes their data away or has it erased. */
@Resolver()
export class DataRightsPortsResolver {
  @Query(() => String, {
    nullable: true,
    description: 'Everything that this subgraph knows of a patient, as JSON. For subgraphs.',
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  dataOfPatient(@Args(() => PersonArgs) args: PersonArgs, @Ctx() { session }: SubgraphContext): Promise<string> {
    return dataOfPatient(session, personOf(args));
  }

  @Query(() => [String], {
    nullable: true,
    description: 'Why a patient cannot be erased now; empty when they can. For subgraphs.',
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  erasureObstacles(
    @Arg('patientId', () => ID, { description: 'The patient.' }) patientId: string,
    @Ctx() { session }: SubgraphContext,
  ): Promise<string[]> {
    return erasureObstacles(session, { patientId: checkedId(patientId, 'patientId'), subject: null });
  }

  @Query(() => Int, {
    nullable: true,
    description: 'How many rows still tell of a person who was erased. For subgraphs.',
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  tracesOfPatient(@Args(() => TracesArgs) args: TracesArgs, @Ctx() { session }: SubgraphContext): Promise<number> {
    return tracesOfPatient(session, personOf(args), args.erasedSince);
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description: 'Lets nothing begin for a patient who is being erased, or takes that back. For subgraphs.',
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  async closePatient(
    @Args(() => ClosePatientArgs) { patientId, closed }: ClosePatientArgs,
    @Ctx() { session }: SubgraphContext,
  ): Promise<boolean> {
    await closePatient(session, checkedId(patientId, 'patientId'), closed);
    return true;
  }

  @Mutation(() => ErasedRowsOfPatient, {
    nullable: true,
    description: 'Erases a patient here, at once and for ever. Asking again answers the same. For subgraphs.',
  })
  @Directive('@shareable')
  @ForSubgraphs('patient')
  erasePatient(@Args(() => PersonArgs) args: PersonArgs, @Ctx() { session }: SubgraphContext): Promise<ErasedRows> {
    return erasePatient(session, personOf(args));
  }
}
