import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { CARE_STORY, CareStory } from './care-story.js';

describe.each(WAYS)('care for a patient in %s', (way) => {
  let api: ApiUnderTest;
  let story: CareStory;

  beforeAll(async () => {
    api = await startApi(way, 'care_story');
    story = await CareStory.begin(api.url, api.person, api.anyone);
  });
  afterAll(() => api?.stop());

  test.each(CARE_STORY)('$fact', ({ run }) => run(story));

  test('and nothing in the database names the child that was forgotten', async () => {
    const found = await withClient(api.adminUrl, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
      );
      const naming: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query(`select from ${name} t where t::text like $1 limit 1`, [
          `%${story.child.name}%`,
        ]);
        if (rows.length > 0) naming.push(name);
      }
      return naming;
    });
    expect(found).toEqual([]);
  });
});
