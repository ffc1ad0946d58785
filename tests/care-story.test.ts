import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { CARE_STORY, CareStory } from './care-story.js';
import { wholeDatabase } from './whole-database.js';

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
    const content = await withClient(api.adminUrl, (client) => wholeDatabase(client));
    const naming = [...content].filter(([, text]) => text.includes(story.child.name)).map(([table]) => table);
    expect(content.size).toBeGreaterThan(50);
    expect(naming).toEqual([]);
  });
});
