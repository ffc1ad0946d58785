import { CALLER_FUNCTIONS, sqlMigration } from '../../common/migrate.js';

/** The catalog's tables. What changes is told on the channel `catalog_changed`, so that every process reads it anew. */
export const catalogTables = sqlMigration(
  '0001-catalog',
  `${CALLER_FUNCTIONS}
create table organisation (
  id uuid primary key,
  kind text not null check (kind in ('MANUFACTURER', 'HOSPITAL_GROUP', 'CARRIER', 'FOUNDATION', 'MERCHANT')),
  name text not null constraint organisation_name_unique unique,
  demo boolean not null,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null
);

create table disease (
  id uuid primary key,
  catalog_no int not null constraint disease_catalog_no_unique unique check (catalog_no > 0),
  batch int not null check (batch in (1, 2)),
  name_en text not null,
  name_zh text not null,
  name_en_as_published text,
  name_zh_as_published text,
  orpha_code text,
  orpha_match text check (orpha_match in ('EXACT', 'SUBSET')),
  icd10 text[] not null,
  codes_verified boolean not null,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null
);

create table hospital (
  id uuid primary key,
  name_en text not null,
  name_zh text not null constraint hospital_name_zh_unique unique,
  name_en_basis text not null check (name_en_basis in ('COMMON_USAGE', 'PATTERN')),
  province text not null,
  province_zh text not null,
  role text not null check (role in ('NATIONAL_LEAD', 'PROVINCIAL_LEAD', 'MEMBER')),
  in_2024 boolean not null,
  in_2019 boolean not null,
  organisation_id uuid constraint hospital_organisation_id_foreign references organisation (id) on delete set null,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null
);

create table medicine (
  id uuid primary key,
  generic_name_en text not null,
  generic_name_zh text not null,
  brand_name_en text,
  manufacturer text not null,
  atc text,
  form text not null,
  strength text,
  storage text not null check (storage in ('ROOM', 'COLD_2_8', 'FROZEN')),
  nrdl_listed boolean,
  approved_in_china_year int,
  note text,
  label_verified boolean not null,
  sold_online boolean not null,
  price_fen bigint check (price_fen > 0),
  price_demo boolean not null default false,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null,
  constraint medicine_names_unique unique nulls not distinct (generic_name_en, brand_name_en)
);

create table medicine_disease (
  medicine_id uuid not null constraint medicine_disease_medicine_id_foreign references medicine (id) on update cascade on delete cascade,
  disease_id uuid not null constraint medicine_disease_disease_id_foreign references disease (id) on update cascade on delete cascade,
  primary key (medicine_id, disease_id)
);

-- for each row, so that an import that changes nothing says nothing; of equal notices in a transaction PostgreSQL sends one
create function tell_catalog_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('catalog_changed', '');
  return null;
end $$;
create trigger tell after insert or update or delete on organisation for each row execute function tell_catalog_changed();
create trigger tell after insert or update or delete on disease for each row execute function tell_catalog_changed();
create trigger tell after insert or update or delete on hospital for each row execute function tell_catalog_changed();
create trigger tell after insert or update or delete on medicine for each row execute function tell_catalog_changed();
create trigger tell after insert or update or delete on medicine_disease for each row execute function tell_catalog_changed();
`,
);
