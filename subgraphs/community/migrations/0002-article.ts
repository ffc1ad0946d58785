import { sqlMigration } from '../../common/migrate.js';

/** What is written to inform: read by anybody once it is published, and so far written by imports alone. */
export const articleTable = sqlMigration(
  '0002-article',
  `
create table article (
  id uuid primary key,
  slug text not null constraint article_slug_unique unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 100),
  title_en text not null check (length(title_en) between 1 and 120),
  title_zh text not null check (length(title_zh) between 1 and 120),
  body_en text not null check (length(body_en) between 1 and 20000),
  body_zh text not null check (length(body_zh) between 1 and 20000),
  -- null: for all diseases
  disease_id uuid,
  stages text[] not null check (cardinality(stages) > 0 and stages <@ array['NEWLY_DIAGNOSED', 'ACTIVE', 'REMISSION', 'LONG_TERM']),
  author_class text not null check (author_class in ('PHYSICIAN', 'FOUNDATION', 'SPONSORED')),
  sources text[] not null,
  demo boolean not null,
  published_at timestamptz,
  version int not null default 1
);
create index article_of_disease on article (disease_id, id) where published_at is not null;
revoke insert, update, delete on article from care_community;
alter table article enable row level security;
create policy article_published on article for select using (published_at <= now());
`,
);
