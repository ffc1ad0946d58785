import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { verifyLedger } from '../subgraphs/fund/ledger/verify.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { PHARMACY_STORY, PharmacyStory } from './pharmacy-story.js';

describe.each(WAYS)('medicine from a consultation to the door in %s', (way) => {
  let api: ApiUnderTest;
  let story: PharmacyStory;

  beforeAll(async () => {
    api = await startApi(way, 'pharmacy_story');
    story = await PharmacyStory.begin(api.person, api.anyone);
  });
  afterAll(() => api?.stop());

  test.each(PHARMACY_STORY)('$fact', ({ run }) => run(story));

  test('and the stock and the ledger say so too', async () => {
    await withClient(api.adminUrl, async (client) => {
      const { rows } = await client.query(
        `select lot from pharmacy.stock_lot s left join pharmacy.stock_movement m on m.lot_id = s.id group by s.id
         having (on_hand, reserved) is distinct from (coalesce(sum(on_hand_change), 0), coalesce(sum(reserved_change), 0))`,
      );
      expect(rows).toEqual([]);
      expect((await verifyLedger(client)).problems).toEqual([]);
    });
  });
});
