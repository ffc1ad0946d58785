import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '../subgraphs/common/migrate.js';
import { type ApiUnderTest, startApi, WAYS } from './api.js';
import { type Answer, Person } from './client.js';
import { COMMUNITY_STORY, CommunityStory } from './community-story.js';
import { Forge, inSeconds } from './forge.js';
import { until } from './until.js';

/** What somebody was answered, and to what. */
interface Heard {
  readonly name: string;
  readonly query: string;
  readonly text: string;
}

/** Somebody whose answers are kept, with their headers. */
class Overheard extends Person {
  constructor(
    url: string,
    token: string | undefined,
    private readonly name: string,
    private readonly heard: Heard[],
  ) {
    super(url, token);
  }

  override async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await super.ask(query, variables, headers);
    const { data, errors, extensions } = answer;
    const text = JSON.stringify({ data, errors, extensions, headers: [...answer.headers] });
    this.heard.push({ name: this.name, query, text });
    return answer;
  }
}

const WAIT = { seconds: 20, everyMs: 50 };

describe.each(WAYS)('the community in %s', (way) => {
  let api: ApiUnderTest;
  let story: CommunityStory;
  const heard: Heard[] = [];

  const sql = (text: string, values: unknown[] = []) =>
    withClient(api.adminUrl, async (client) => (await client.query(text, values)).rows);

  beforeAll(async () => {
    api = await startApi(way, 'community_story');
    const person = async (name: string) => new Overheard(api.url, (await api.person(name)).token, name, heard);
    story = await CommunityStory.begin(person, new Overheard(api.url, undefined, 'anyone', heard));
  });
  afterAll(() => api?.stop());

  test.each(COMMUNITY_STORY)('$fact', ({ run }) => run(story));

  test('in none of these answers, headers and errors is a person', async () => {
    const members = await sql('select id, subject from community.member');
    const patients = await sql('select id, subject from patient.patient');
    const people = [...members, ...patients].flatMap(({ id, subject }) => [id, subject]).filter(Boolean) as string[];
    expect(heard.length).toBeGreaterThan(100);
    // a patient's own record is theirs to see
    const ofCommunity = heard.filter(({ query }) => !/\b(patient|giveConsent|withdrawConsent)\b/u.test(query));
    expect(ofCommunity.length).toBeGreaterThan(100);
    const found = ofCommunity.flatMap(({ name, query, text }) =>
      people.filter((one) => text.includes(one)).map((one) => [name, one, query.slice(0, 80)]),
    );
    expect(found).toEqual([]);
  });

  describe('who leaves', () => {
    const subject = `leaver-${crypto.randomUUID()}`;
    let leaver: Person;
    let patientId: string;
    let storyId: string;
    let answerId: string;
    // letters alone: some rows of digits in an id look like a telephone number, and that is refused
    const words = `Farewell ${crypto.randomUUID().replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] as string)}`;
    const sees = (id: string) =>
      story.sees(
        api.anyone,
        'query($id: ID!) { post(id: $id) { __typename status body author { pseudonym } commentCount } }',
        { id },
      );

    beforeAll(async () => {
      const claims = { sub: subject, roles: ['PATIENT'], scope: 'patient:self community:write', exp: inSeconds(3_600) };
      leaver = new Person(api.url, await new Forge(api).signed(claims));
      const patient = await leaver.does(
        'registerPatient',
        { relation: 'SELF', displayName: 'Leaver', birthDate: '1990-02-03', sex: 'OTHER', region: 'Gansu' },
        '... on Patient { id }',
      );
      patientId = patient.id;
      const input = { diseaseId: story.diseaseId, title: words, body: words, pseudonym: 'Last Swallow' };
      storyId = (await leaver.does('publishStory', input, '... on Story { id }')).id;
      const question = await story
        .who('patient')
        .does(
          'askQuestion',
          { diseaseId: story.diseaseId, title: 'Who goes?', body: 'And who stays?' },
          '... on Question { id }',
        );
      answerId = (await leaver.does('answerQuestion', { questionId: question.id, body: words }, '... on Answer { id }'))
        .id;
      for (const onId of [storyId, answerId])
        await story.who('caregiver').does('addComment', { onId, body: 'Stay well.' }, '... on Comment { id }');
      await leaver.does('followDisease', { diseaseId: story.diseaseId, idempotencyKey: undefined }, '');
      await leaver.does('react', { postId: question.id, kind: 'WITH_YOU', idempotencyKey: undefined }, '');
      await leaver.does('reportPost', { postId: question.id, reason: 'OTHER', note: words }, '');
      await story.who('patient').does('reportPost', { postId: storyId, reason: 'OTHER', note: 'Why leave?' }, '');
    });

    test('takes along all that they wrote, and who they were in it', async () => {
      const { id } = await leaver.does('requestDataExport', { patientId }, '... on DataExport { id }');
      const ready = await until(
        async () =>
          (await leaver.ask('query($id: ID!) { dataExport(id: $id) { status content } }', { id })).data.dataExport,
        ({ status }) => status === 'READY',
        WAIT,
      );
      const { community } = JSON.parse(ready.content).data;
      const text = JSON.stringify(community);
      for (const part of [words, 'Last Swallow', 'OTHER', 'WITH_YOU', storyId, answerId]) expect(text).toContain(part);
      expect(text).not.toContain('Stay well.');
      expect(text).not.toContain('Why leave?');
    });

    test('is erased: what others wrote stands, under empty places, and nothing of the person is left', async () => {
      const [{ id: memberId }] = (await sql('select id from community.member where subject = $1', [subject])) as [
        { id: string },
      ];
      const asked = await leaver.does(
        'requestErasure',
        { patientId, confirmation: 'Leaver' },
        '... on Erasure { id } ... on ErasureBlocked { reasons { message } }',
      );
      expect(asked).toMatchObject({ __typename: 'Erasure' });
      await until(
        async () =>
          (await leaver.ask('query($id: ID!) { erasure(id: $id) { status } }', { id: asked.id })).data.erasure,
        ({ status }) => status === 'FINISHED',
        WAIT,
      );
      expect((await sees(storyId)).post).toBeNull();
      const [place] = await sql(
        'select status, body, title, pseudonym, badge, member_id from community.post where id = $1',
        [answerId],
      );
      expect(place).toEqual({
        status: 'DELETED',
        body: null,
        title: null,
        pseudonym: null,
        badge: null,
        member_id: null,
      });
      await withClient(api.adminUrl, async (client) => {
        const { rows: tables } = await client.query<{ name: string }>(
          `select format('%I', relname) as name from pg_class where relnamespace = 'community'::regnamespace and relkind = 'r'`,
        );
        const found: string[] = [];
        for (const { name } of tables) {
          const { rows } = await client.query(
            `select 1 from community.${name} t where position($1 in t::text) > 0 or position($2 in t::text) > 0
               or position($3 in t::text) > 0 or position('Last Swallow' in t::text) > 0`,
            [words, subject, memberId],
          );
          if (rows.length > 0) found.push(name);
        }
        expect(found).toEqual([]);
      });
    });
  });
});
