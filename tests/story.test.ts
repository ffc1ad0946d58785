import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { STORY, Story } from './story.js';

describe.each(WAYS)('the whole path in %s', (way) => {
  let api: ApiUnderTest;
  let story: Story;

  beforeAll(async () => {
    api = await startApi(way, 'story');
    story = await Story.begin(api.person, api.anyone);
  });
  afterAll(() => api?.stop());

  test.each(STORY)('$fact', ({ run }) => run(story));
});
