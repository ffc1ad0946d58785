import { expect } from '@jest/globals';
import type { Identity, Role } from '../subgraphs/common/identity.js';
import { newId } from '../subgraphs/common/ids.js';
import { registry } from '../subgraphs/common/metrics.js';
import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from './subgraphs.js';

const FIELDS = `id version status mine allowedActions myReaction body author { pseudonym badge } reactions { helpful thanks withYou }
  commentCount disease { id }`;
const FAILURE = '... on UserError { code message path }';

/** The community, with people in it who write to each other. */
export interface Threads extends SubgraphsUnderTest {
  readonly diseaseId: string;
  /** Rows that the administrator reads or changes. */
  readonly sql: (text: string, values?: unknown[]) => Promise<Answer[]>;
  /** Somebody who has been a member for so long that they may write more than newcomers. */
  readonly member: (subject: string, role?: Role) => Promise<Identity>;
  /** The data of an operation that must not fail. */
  readonly ask: (who: Identity, query: string, variables?: object) => Promise<Answer>;
  /** The answer to a mutation, with a new idempotency key unless `input` has one; `fields` are asked of a post. */
  readonly change: (who: Identity, name: string, input: object, fields?: string) => Promise<Answer>;
  /** Writes something published. @returns it */
  readonly write: (who: Identity, kind: 'STORY' | 'QUESTION' | 'ANSWER' | 'COMMENT', on?: string) => Promise<Answer>;
  /** Deletes a post of one's own. */
  readonly remove: (who: Identity, id: string) => Promise<void>;
  /** What somebody has been told, as `kind of post`. */
  readonly told: (who: Identity) => Promise<string[]>;
  /** How many statements the community's connections send meanwhile. */
  readonly statementsOf: (work: () => Promise<unknown>) => Promise<number>;
}

const TYPES = { STORY: 'publishStory', QUESTION: 'askQuestion', ANSWER: 'answerQuestion', COMMENT: 'addComment' };
const NATURAL = ['react', 'takeBackReaction'];

export async function openThreads(name: string): Promise<Threads> {
  const api = await openSubgraphs(name);
  const sql: Threads['sql'] = async (text, values = []) => (await api.admin.query(text, values)).rows;
  const [{ id: diseaseId }] = await sql('select id from catalog.disease order by id limit 1');
  const ask: Threads['ask'] = async (who, query, variables = {}) => {
    const { data, errors } = await api.execute('community', who, query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const change: Threads['change'] = async (who, mutation, input, fields = FIELDS) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Post { ${fields} } ${FAILURE} } }`;
    const keyed = NATURAL.includes(mutation) ? input : { idempotencyKey: newId(), ...input };
    return (await ask(who, query, { input: keyed })).result;
  };
  return {
    ...api,
    diseaseId,
    sql,
    ask,
    change,
    member: async (subject, role = 'PATIENT') => {
      await sql(
        `insert into community.member (id, subject, pseudonym, created_at)
         values ($1, $2::text, left('Name of ' || $2, 30), now() - interval '1 year') on conflict do nothing`,
        [newId(), subject],
      );
      return person(subject, role);
    },
    write: async (who, kind, on) => {
      const text = `What ${who.subject} wrote`;
      const input = {
        STORY: { diseaseId, title: text, body: text },
        QUESTION: { diseaseId, title: text, body: text },
        ANSWER: { questionId: on, body: text },
        COMMENT: { onId: on, body: text },
      }[kind];
      const post = await change(who, TYPES[kind], input);
      expect(post).toMatchObject({ status: 'PUBLISHED', mine: true });
      return post;
    },
    remove: async (who, id) => {
      const { post } = await ask(who, 'query($id: ID!) { post(id: $id) { version } }', { id });
      const input = { postId: id, expectedVersion: post.version };
      const query = `mutation($input: DeletePostInput!) { deletePost(input: $input) { __typename } }`;
      await ask(who, query, { input: { ...input, idempotencyKey: newId() } });
    },
    told: async (who) =>
      (
        await sql(
          `select n.kind || ' ' || n.post_id as told from community.notice n join community.member m on m.id = n.member_id
           where m.subject = $1 order by n.id`,
          [who.subject],
        )
      ).map(({ told }) => told),
    statementsOf: async (work) => {
      const sent = async () => {
        const counter = await registry.getSingleMetric('sql_statements_total')!.get();
        return counter.values.find(({ labels }) => labels.subgraph === 'community')?.value ?? 0;
      };
      const before = await sent();
      await work();
      return (await sent()) - before;
    },
  };
}
