import { type Answer, openSubgraphs, person, type SubgraphsUnderTest } from '../../../tests/subgraphs.js';
import { diseaseId } from '../../catalog/import.js';
import type { Identity } from '../../common/identity.js';
import { newId } from '../../common/ids.js';

export const MODERATOR = person('moderator-one', 'MODERATOR');
export const SECOND_MODERATOR = person('moderator-two', 'MODERATOR');

const DECISIONS = 'decisions { step action outcome rule reason days until at }';
const POST = 'post { id status body }';
export const CASE = `id state origin postKind reportedTitle reportedBody reportCount openedAt dueAt overdue escalationReason appealText
  appealedAt version allowedActions reports { reason note at } author { pseudonym warnings suspendedUntil removedBefore } ${POST} ${DECISIONS}`;
export const OWN_CASE = `id state postKind appealText appealedAt canAppealUntil allowedActions ${POST} ${DECISIONS}`;
const WRONG_STATE = '... on ModerationCaseWrongState { state permitted }';
const CHANGED = `... on ModerationCase { ${CASE} } ... on StaleVersion { currentVersion } ${WRONG_STATE}`;
const ANSWERS: Readonly<Record<string, string>> = {
  reportPost: '... on PostReport { id reason note reportedAt }',
  decideCase: CHANGED,
  escalateCase: CHANGED,
  decideAppeal: CHANGED,
  appealDecision: `... on OwnModerationCase { ${OWN_CASE} } ${WRONG_STATE}`,
  publishStory: '... on Story { id version status }',
  withdrawStory: '... on Story { id version status }',
  editPost: '... on Post { id version status }',
};

/** The community with posts to be reported, in a database of its own. */
export class ModerationUnderTest {
  private people = 0;

  private constructor(readonly api: SubgraphsUnderTest) {}

  static async open(name: string): Promise<ModerationUnderTest> {
    return new ModerationUnderTest(await openSubgraphs(name));
  }

  /** Somebody who has done nothing here yet. */
  member(): Identity {
    return person(`member-${this.people++}`, 'PATIENT');
  }

  async ask(who: Identity, query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.api.execute('community', who, query, variables);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** What a mutation answers, expected failures too. */
  async send(who: Identity, mutation: string, input: object): Promise<Answer> {
    const type = mutation.replace(/^./, (first) => first.toUpperCase());
    const answer = `__typename ${ANSWERS[mutation] ?? ''} ... on UserError { code message path }`;
    const query = `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { ${answer} } }`;
    return (await this.ask(who, query, { input: { idempotencyKey: newId(), ...input } }))[mutation];
  }

  /** The same, where nothing may go wrong. */
  async done(who: Identity, mutation: string, input: object): Promise<Answer> {
    const answer = await this.send(who, mutation, input);
    if (answer.code) throw new Error(JSON.stringify(answer));
    return answer;
  }

  story(author: Identity, more: object = {}): Promise<Answer> {
    const text = { title: 'Of the day', body: 'What it was like.', diseaseId: diseaseId(31) };
    return this.done(author, 'publishStory', { ...text, ...more });
  }

  report(who: Identity, postId: string, more: object = {}): Promise<Answer> {
    return this.send(who, 'reportPost', { postId, reason: 'SPAM', ...more });
  }

  /** The case of a post that waits, as a moderator sees it. */
  async caseOf(postId: string, who: Identity = MODERATOR): Promise<Answer> {
    const text = `select id from community.moderation_case where post_id = $1 and state in ('OPEN', 'ESCALATED', 'APPEALED')`;
    return this.case((await this.api.admin.query(text, [postId])).rows[0]?.id, who);
  }

  async case(id: string, who: Identity = MODERATOR): Promise<Answer> {
    return (await this.ask(who, `query ($id: ID!) { moderationCase(id: $id) { ${CASE} } }`, { id })).moderationCase;
  }

  /** A story that somebody has reported, and its case. */
  async reported(
    author = this.member(),
    more: object = {},
  ): Promise<{ author: Identity; story: Answer; found: Answer }> {
    const story = await this.story(author);
    const { code } = await this.report(this.member(), story.id, more);
    if (code) throw new Error(code);
    return { author, story, found: await this.caseOf(story.id) };
  }

  decide(who: Identity, found: { id: string; version: number }, action: string, more: object = {}): Promise<Answer> {
    return this.send(who, 'decideCase', {
      caseId: found.id,
      action,
      rule: action === 'KEEP' ? 'NOTHING_WRONG' : 'SPAM',
      reason: 'Because of the rules',
      expectedVersion: found.version,
      ...more,
    });
  }

  /** A story about which was decided by the first moderator. */
  async decided(action: string, { author = this.member(), ...more }: { author?: Identity; days?: number } = {}) {
    const { story, found } = await this.reported(author);
    const answer = await this.decide(MODERATOR, found, action, more);
    if (answer.code) throw new Error(JSON.stringify(answer));
    return { author, story, found: answer };
  }

  appeal(who: Identity, caseId: string, text = 'It was meant otherwise'): Promise<Answer> {
    return this.send(who, 'appealDecision', { caseId, text });
  }

  hear(who: Identity, found: { id: string; version: number }, outcome: string): Promise<Answer> {
    const input = { caseId: found.id, outcome, reason: 'Looked at anew', expectedVersion: found.version };
    return this.send(who, 'decideAppeal', input);
  }

  /** A post's status as it is stored. */
  async statusOf(postId: string): Promise<string> {
    return (await this.api.admin.query('select status from community.post where id = $1', [postId])).rows[0].status;
  }

  async memberOf({ subject }: Identity): Promise<{ id: string; warnings: number; suspended_until: Date | null }> {
    const text = 'select id, warnings, suspended_until from community.member where subject = $1';
    return (await this.api.admin.query(text, [subject])).rows[0];
  }

  /** What somebody was told, in the order of kinds. */
  async noticesOf({ subject }: Identity): Promise<string[]> {
    const { rows } = await this.api.admin.query<{ kind: string }>(
      'select n.kind from community.notice n join community.member m on m.id = n.member_id where m.subject = $1 order by 1',
      [subject],
    );
    return rows.map(({ kind }) => kind);
  }

  stop(): Promise<void> {
    return this.api.stop();
  }
}
