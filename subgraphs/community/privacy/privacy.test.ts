import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { ANONYMOUS, type Identity } from '../../common/identity.js';

let subgraphs: SubgraphsUnderTest;
beforeAll(async () => {
  subgraphs = await openSubgraphs('privacy');
});
afterAll(() => subgraphs?.stop());

const CHECK = `query ($title: String, $body: String) { checkCommunityText(title: $title, body: $body) {
  field kind start end explanation en: explanation(locale: EN) zh: explanation(locale: ZH) } }`;
const check = (who: Identity, variables: object): Promise<Answer> =>
  subgraphs.execute('community', who, CHECK, variables);
const patient = person('writer', 'PATIENT');

test('an author sees before publishing what has to go, where it stands, and why, in both languages', async () => {
  const answer = await check(patient, { title: '求助', body: '😀 我的电话 １３８ 1234 5678' });
  expect(answer.errors).toBeUndefined();
  const en = 'This looks like a telephone number. Everybody can read what is published: take it out.';
  expect(answer.data.checkCommunityText).toEqual([
    {
      field: 'body',
      kind: 'PHONE',
      start: 8,
      end: 21,
      explanation: en,
      en,
      zh: '这里像是电话号码。发布的内容人人可见，请删去。',
    },
  ]);
});

test('nothing is found in a text that may be published, and in none', async () => {
  expect((await check(patient, { title: '确诊三年', body: '每天 200 mg' })).data.checkCommunityText).toEqual([]);
  expect((await check(patient, {})).data.checkCommunityText).toEqual([]);
});

test('a text longer than any that is published is refused', async () => {
  expect((await check(patient, { body: '病'.repeat(20_000) })).data.checkCommunityText).toEqual([]);
  const answer = await check(patient, { title: 'x', body: '病'.repeat(20_001) });
  expect(answer.data.checkCommunityText).toBeNull();
  expect(answer.errors[0]).toMatchObject({
    message: '`body` has at most 20,000 characters.',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

test('only who may write may ask', async () => {
  for (const who of [ANONYMOUS, person('payer', 'FINANCE')]) {
    const { data, errors } = await check(who, { body: '13812345678' });
    expect(data?.checkCommunityText ?? null).toBeNull();
    expect(errors[0].extensions.code).toMatch(/^(UNAUTHENTICATED|FORBIDDEN)$/);
  }
});
