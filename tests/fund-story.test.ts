import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { verifyLedger } from '../subgraphs/fund/ledger/verify.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { FUND_STORY, FundStory } from './fund-story.js';

describe.each(WAYS)('money from a sponsor to a family in %s', (way) => {
  let api: ApiUnderTest;
  let story: FundStory;

  beforeAll(async () => {
    api = await startApi(way, 'fund_story');
    story = await FundStory.begin(api.person, api.anyone);
  });
  afterAll(() => api?.stop());

  test.each(FUND_STORY)('$fact', ({ run }) => run(story));

  test('and the ledger says so too, of every fund', async () => {
    const { problems, checks } = await withClient(api.adminUrl, (client) => verifyLedger(client));
    expect(problems).toEqual([]);
    expect(checks).toBeGreaterThan(10);
  });
});
