import { isDeepStrictEqual } from 'node:util';
import type { Person } from './client.js';
import { agrees, type Step, shows, step, Unexpected } from './story.js';
import { until } from './until.js';

/**
 * The community from a first question to an appeal, as steps that follow each other. All that is written in it is new, and who is
 * suspended is free again at its end, so it can be told again on the same data as long as nobody writes too much in a day.
 */

const PEOPLE = [
  'patient',
  'other-patient',
  'caregiver',
  'physician',
  'moderator',
  'second-moderator',
  'admin',
] as const;
type Name = (typeof PEOPLE)[number];

interface Versioned {
  id: string;
  version: number;
}

const CATALOG_NO = 31;
const WAIT = { seconds: 15, everyMs: 50 };
/** For mutations that may be repeated as they are. */
const NO_KEY = { idempotencyKey: undefined };
/** Rare enough that nothing else is written with them. */
const HAN = '彧翀奭翯翾虢虤蠡觊赟轳轺邈酃醮钰铖镒阚隰雩霁韪飒馥骅骧鸾鹮黻黼鼐';
const inventWord = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => HAN[byte % HAN.length]).join('');

const POST =
  'id version status publishedAt mine allowedActions author { pseudonym badge } reactions { helpful thanks withYou }';
const REVISION = '... on ArticleRevision { id articleId version state mine }';
const FINDINGS = '... on TextNotPublishable { findings { field kind start end explanation } }';

export class CommunityStory {
  diseaseId = '';
  /** A word of Chinese that only this telling uses, of eight characters. */
  readonly word = inventWord(8);
  question: Versioned = { id: '', version: 0 };
  physiciansAnswer = '';
  othersAnswer = '';
  told: Versioned = { id: '', version: 0 };
  firstComment = '';
  articleId = '';
  revision: Versioned = { id: '', version: 0 };
  caseId = '';
  readonly pseudonyms: Record<string, string> = {};

  private constructor(
    readonly anyone: Person,
    private readonly people: ReadonlyMap<string, Person>,
  ) {}

  /** Signs everybody in. @param person gives a demo person */
  static async begin(person: (name: string) => Promise<Person>, anyone: Person): Promise<CommunityStory> {
    const signedIn = PEOPLE.map(async (name) => [name, await person(name)] as const);
    return new CommunityStory(anyone, new Map(await Promise.all(signedIn)));
  }

  who(name: Name): Person {
    return this.people.get(name) as Person;
  }

  /** Asks for data. @throws when there is an error in the answer */
  async sees(by: Person, query: string, variables: Record<string, unknown> = {}) {
    const { data, errors } = await by.ask(query, variables);
    if (errors.length > 0) throw new Unexpected('no errors', errors);
    return data;
  }

  /** A post as somebody sees it now. */
  async post(by: Person, id: string, more = '') {
    const { post } = await this.sees(by, `query($id: ID!) { post(id: $id) { __typename body ${POST} ${more} } }`, {
      id,
    });
    return post;
  }

  /** The notices that somebody has of a kind about a post. */
  async notices(
    by: Person,
    kind: string,
    postId: string,
  ): Promise<{ id: string; kind: string; post: { id: string } }[]> {
    const { communityNotices } = await this.sees(
      by,
      '{ communityNotices(first: 100) { nodes { id kind at readAt text post { id } } } }',
    );
    return communityNotices.nodes.filter(
      (notice: { kind: string; post: { id: string } | null }) => notice.kind === kind && notice.post?.id === postId,
    );
  }

  async isTold(by: Person, kind: string, postId: string): Promise<void> {
    await until(
      () => this.notices(by, kind, postId),
      (found) => found.length > 0,
      WAIT,
    );
  }

  submits(name: Name, { id, version }: Versioned) {
    return this.who(name).does('submitArticle', { revisionId: id, expectedVersion: version }, REVISION);
  }

  reviews(name: Name, { id, version }: Versioned, decision = 'APPROVE') {
    const reason = 'As its sources say, and in plain words.';
    return this.who(name).does(
      'reviewArticle',
      { revisionId: id, decision, reason, expectedVersion: version },
      REVISION,
    );
  }

  async case(by: Person) {
    const { moderationCase } = await this.sees(
      by,
      `query($id: ID!) { moderationCase(id: $id) { id version state allowedActions dueAt overdue reportedTitle reportedBody
        post { id status } reports { reason note at } author { pseudonym warnings suspendedUntil } decisions { step action rule reason decidedByMe } } }`,
      { id: this.caseId },
    );
    return moderationCase;
  }
}

const by = (fact: string, run: Step<CommunityStory>['run']): Step<CommunityStory> => step(fact, run);
const isEmpty = (list: readonly unknown[]): void => {
  if (list.length > 0) throw new Unexpected([], list);
};

const asked: readonly Step<CommunityStory>[] = [
  by('a patient asks a question under a pseudonym', async (story) => {
    const { disease } = await story.sees(story.anyone, 'query($no: Int!) { disease(catalogNo: $no) { id } }', {
      no: CATALOG_NO,
    });
    story.diseaseId = disease.id;
    const question = await story
      .who('patient')
      .does(
        'askQuestion',
        { diseaseId: disease.id, title: `第一次输液要注意什么？${story.word}`, body: '下周第一次输液，有点**害怕**。' },
        `... on Question { ${POST} title closedAt answerCount }`,
      );
    shows(question, { __typename: 'Question', status: 'PUBLISHED', mine: true, closedAt: null, answerCount: 0 });
    if (!question.author.pseudonym) throw new Unexpected('a pseudonym', question);
    story.question = question;
    story.pseudonyms.patient = question.author.pseudonym;
  }),
  by('anybody reads it without a sign-in, also on the page of its disease', async (story) => {
    const data = await story.sees(
      story.anyone,
      `query($id: ID!, $no: Int!) { question(id: $id) { title mine allowedActions bodyHtml author { pseudonym badge } }
        disease(catalogNo: $no) { questions(first: 5) { nodes { id } } } }`,
      { id: story.question.id, no: CATALOG_NO },
    );
    shows(data.question, { mine: false, author: { pseudonym: story.pseudonyms.patient, badge: null } });
    isEmpty(data.question.allowedActions);
    if (!data.question.bodyHtml.includes('<strong>害怕</strong>')) throw new Unexpected('bold', data.question.bodyHtml);
    shows(data.disease.questions.nodes[0], { id: story.question.id });
  }),
  by('a physician answers with a badge, and a caregiver without', async (story) => {
    const answers = (name: Name, body: string) =>
      story
        .who(name)
        .does('answerQuestion', { questionId: story.question.id, body }, `... on Answer { ${POST} accepted }`);
    const others = await answers('caregiver', '带一本书，喝够水，四个小时很快的。');
    shows(others, { __typename: 'Answer', author: { badge: null }, accepted: false });
    story.othersAnswer = others.id;
    const physicians = await answers('physician', '前半小时护士会常来看您。发热、皮疹要立刻说。');
    shows(physicians, { __typename: 'Answer', author: { badge: 'PHYSICIAN' } });
    story.physiciansAnswer = physicians.id;
    await story.isTold(story.who('patient'), 'ANSWERED', story.physiciansAnswer);
  }),
  by('the asker accepts the physician’s answer, others cannot, and it stands first', async (story) => {
    const accepts = async (name: Name) => {
      const { version } = await story.post(story.who(name), story.question.id);
      return story
        .who(name)
        .does(
          'acceptAnswer',
          { questionId: story.question.id, answerId: story.physiciansAnswer, expectedVersion: version },
          '... on Question { version acceptedAnswer { id } answers(first: 10) { nodes { id accepted author { badge } } } }',
        );
    };
    shows(await accepts('caregiver'), { code: 'NOT_FOUND' });
    const accepted = await accepts('patient');
    shows(accepted, {
      __typename: 'Question',
      acceptedAnswer: { id: story.physiciansAnswer },
      answers: {
        nodes: [
          { id: story.physiciansAnswer, accepted: true, author: { badge: 'PHYSICIAN' } },
          { id: story.othersAnswer },
        ],
      },
    });
    await story.isTold(story.who('physician'), 'ANSWER_ACCEPTED', story.physiciansAnswer);
  }),
  by('a question that its asker has closed takes no more answers', async (story) => {
    const { version } = await story.post(story.who('patient'), story.question.id);
    const closed = await story
      .who('patient')
      .does(
        'closeQuestion',
        { questionId: story.question.id, expectedVersion: version },
        '... on Question { closedAt allowedActions }',
      );
    shows(closed, { __typename: 'Question' });
    if (closed.closedAt === null || closed.allowedActions.includes('ANSWER'))
      throw new Unexpected('a closed one', closed);
    const late = await story
      .who('caregiver')
      .does('answerQuestion', { questionId: story.question.id, body: '还有一句。' }, '... on Answer { id }');
    shows(late, { __typename: 'QuestionClosed' });
  }),
];

const told: readonly Step<CommunityStory>[] = [
  by('somebody follows a disease', async (story) => {
    const other = story.who('other-patient');
    const follows = () => other.does('followDisease', { diseaseId: story.diseaseId, ...NO_KEY }, '');
    const first = await follows();
    shows(await follows(), first);
    const { disease, followedDiseases } = await story.sees(
      other,
      'query($no: Int!) { disease(catalogNo: $no) { followed } followedDiseases(first: 100) { nodes { disease { id } } } }',
      { no: CATALOG_NO },
    );
    shows(disease, { followed: true });
    if (!JSON.stringify(followedDiseases).includes(story.diseaseId))
      throw new Unexpected(story.diseaseId, followedDiseases);
  }),
  by('a caregiver drafts a story with a phone number; the draft is kept, and says where it is', async (story) => {
    const caregiver = story.who('caregiver');
    const body = `我们的孩子三岁确诊。${story.word}\n\n有事打１３9 0000 １２８５。`;
    const draft = await caregiver.does(
      'saveDraft',
      { kind: 'STORY', diseaseId: story.diseaseId, title: '三岁那年', body },
      `... on SavedDraft { draft { ${POST} } findings { field kind start end } }`,
    );
    if (!JSON.stringify(draft).includes('PHONE')) throw new Unexpected('a finding of a PHONE', draft);
    story.told = draft.draft;
    shows(story.told, { status: 'DRAFT', mine: true });
    const publishes = () =>
      caregiver.does(
        'publishDraft',
        { postId: story.told.id, expectedVersion: story.told.version },
        `... on Story { ${POST} } ${FINDINGS}`,
      );
    const refused = await publishes();
    shows(refused, { __typename: 'TextNotPublishable', findings: [{ field: 'body', kind: 'PHONE' }] });
    const [{ start, end }] = refused.findings;
    if (body.slice(start, end) !== '１３9 0000 １２８５')
      throw new Unexpected('where the number is', body.slice(start, end));
    if ((await story.post(story.who('other-patient'), story.told.id)) !== null) throw new Unexpected(null, 'a draft');
  }),
  by('taken out, it is published, and who follows the disease is told', async (story) => {
    const caregiver = story.who('caregiver');
    const saved = await caregiver.does(
      'saveDraft',
      {
        postId: story.told.id,
        kind: 'STORY',
        diseaseId: story.diseaseId,
        title: '三岁那年',
        body: `我们的孩子三岁确诊。${story.word}\n\n<script>alert(1)</script> [更多](javascript:alert(1))`,
        expectedVersion: story.told.version,
      },
      `... on SavedDraft { draft { ${POST} } }`,
    );
    const { version } = saved.draft;
    const published = await caregiver.does(
      'publishDraft',
      { postId: story.told.id, expectedVersion: version },
      `... on Story { ${POST} bodyHtml }`,
    );
    shows(published, { __typename: 'Story', status: 'PUBLISHED' });
    if (/<script|href="javascript/i.test(published.bodyHtml))
      throw new Unexpected('nothing executable', published.bodyHtml);
    story.told = published;
    await story.isTold(story.who('other-patient'), 'NEW_OF_DISEASE', story.told.id);
  }),
  by('it is in the feed of who follows, newest first, and is found by two Chinese characters', async (story) => {
    const finds = async (by: Person, filter: object, order = 'NEWEST') => {
      const { posts } = await story.sees(
        by,
        `query($filter: PostFilter, $order: PostOrder!) { posts(filter: $filter, order: $order, first: 20) { nodes { __typename id } } }`,
        { filter, order },
      );
      return posts.nodes.map(({ id }: { id: string }) => id);
    };
    const other = story.who('other-patient');
    shows((await finds(other, { followed: true })).includes(story.told.id), true);
    for (const search of [story.word.slice(0, 2), story.word.slice(3, 5), story.word]) {
      for (const order of ['NEWEST', 'MOST_HELPFUL']) {
        const all = await finds(story.anyone, { search, diseaseId: story.diseaseId }, order);
        shows([all.includes(story.told.id), all.includes(story.question.id)], [true, true]);
      }
    }
    shows(await finds(story.anyone, { search: story.word, kinds: ['QUESTION'] }), [story.question.id]);
    isEmpty(await finds(story.anyone, { search: `${story.word}无` }));
  }),
  by('a thread goes six deep and no deeper', async (story) => {
    const comments = (name: Name, onId: string, body: string) =>
      story.who(name).does('addComment', { onId, body }, `... on Comment { ${POST} parent { id } }`);
    const names = ['patient', 'caregiver'] as const;
    let on = story.told.id;
    for (let depth = 1; depth <= 6; depth++) {
      const comment = await comments(names[depth % 2] as Name, on, `第 ${depth} 层，谢谢你。`);
      shows(comment, { __typename: 'Comment', parent: { id: on } });
      if (depth === 1) story.firstComment = comment.id;
      on = comment.id;
    }
    shows(await comments('patient', on, '太深了。'), { __typename: 'ThreadTooDeep' });
    const seen = await story.post(
      story.anyone,
      story.told.id,
      'commentCount comments(first: 10) { nodes { id replyCount } }',
    );
    shows(seen, { commentCount: 6, comments: { nodes: [{ id: story.firstComment, replyCount: 1 }] } });
    await story.isTold(story.who('caregiver'), 'COMMENTED', on);
  }),
  by('a comment that is deleted leaves an empty place for what stands under it', async (story) => {
    const caregiver = story.who('caregiver');
    const { version } = await story.post(caregiver, story.firstComment);
    const deletes = () => caregiver.does('deletePost', { postId: story.firstComment, expectedVersion: version }, '');
    const deleted = await deletes();
    if (deleted.code) throw new Unexpected('done', deleted);
    const seen = await story.post(
      story.anyone,
      story.told.id,
      'comments(first: 10) { nodes { id body author { pseudonym } replies(first: 5) { nodes { body } } } }',
    );
    const [place] = seen.comments.nodes;
    shows(place, {
      id: story.firstComment,
      body: null,
      author: null,
      replies: { nodes: [{ body: '第 2 层，谢谢你。' }] },
    });
  }),
  by('reactions are counted once a reader, another takes its place, and not one’s own', async (story) => {
    const reacts = (name: Name, kind: string) =>
      story.who(name).does('react', { postId: story.told.id, kind, ...NO_KEY }, `... on Story { myReaction ${POST} }`);
    await reacts('patient', 'HELPFUL');
    await reacts('patient', 'HELPFUL');
    await reacts('physician', 'THANKS');
    shows(await reacts('patient', 'WITH_YOU'), {
      myReaction: 'WITH_YOU',
      reactions: { helpful: 0, thanks: 1, withYou: 1 },
    });
    shows(await reacts('caregiver', 'HELPFUL'), { code: 'NOT_ALLOWED' });
    const back = await story
      .who('physician')
      .does('takeBackReaction', { postId: story.told.id, ...NO_KEY }, `... on Story { myReaction ${POST} }`);
    shows(back, { myReaction: null, reactions: { helpful: 0, thanks: 0, withYou: 1 } });
  }),
  by('an edit keeps what was there before, for its author and moderators alone', async (story) => {
    const caregiver = story.who('caregiver');
    const { version, body } = await story.post(caregiver, story.told.id);
    const edited = await caregiver.does(
      'editPost',
      { postId: story.told.id, title: '三岁那年', body: `改过了。${story.word}`, expectedVersion: version },
      `... on Story { ${POST} editedAt } ${FINDINGS}`,
    );
    shows(edited, { __typename: 'Story', status: 'PUBLISHED' });
    if (edited.editedAt === null) throw new Unexpected('when it was edited', edited);
    const history = async (by: Person) =>
      (await story.post(by, story.told.id, 'history { version title body }')).history;
    for (const by of [caregiver, story.who('moderator')]) shows(await history(by), [{ body }]);
    for (const by of [story.anyone, story.who('patient'), story.who('physician')]) shows(await history(by), null);
  }),
  by('what was told is read, once and for all', async (story) => {
    const other = story.who('other-patient');
    const [notice] = await story.notices(other, 'NEW_OF_DISEASE', story.told.id);
    const marked = await other.does(
      'markCommunityNoticeRead',
      { noticeId: notice?.id, ...NO_KEY },
      '... on CommunityNotice { readAt }',
    );
    if (!marked.readAt) throw new Unexpected('when it was read', marked);
    await story.sees(other, 'mutation { markAllCommunityNoticesRead { marked } }');
    const { communityNotices } = await story.sees(
      other,
      '{ communityNotices(onlyUnread: true, first: 5) { nodes { id } totalCount } }',
    );
    shows(communityNotices, { totalCount: 0 });
    const stranger = await story
      .who('patient')
      .does('markCommunityNoticeRead', { noticeId: notice?.id, ...NO_KEY }, '');
    shows(stranger, { code: 'NOT_FOUND' });
  }),
];

const written: readonly Step<CommunityStory>[] = [
  by('a physician writes an article, which nobody reads before it is reviewed', async (story) => {
    const physician = story.who('physician');
    const saved = await physician.does(
      'saveArticle',
      {
        titleEn: `Before an infusion ${story.word}`,
        titleZh: `输液之前 ${story.word}`,
        bodyEn: 'Drink enough. Bring a list of your medicines.',
        bodyZh: '多喝水，带上**用药清单**。',
        diseaseId: story.diseaseId,
        stages: ['ACTIVE'],
        authorClass: 'PHYSICIAN',
        sources: ['Chinese Expert Consensus on Gaucher Disease'],
      },
      REVISION,
    );
    shows(saved, { __typename: 'ArticleRevision', state: 'DRAFT', mine: true });
    story.revision = saved;
    story.articleId = saved.articleId;
    const submitted = await story.submits('physician', saved);
    shows(submitted, { state: 'IN_REVIEW' });
    const seen = await story.sees(story.anyone, 'query($id: ID!) { article(id: $id) { id } post(id: $id) { id } }', {
      id: story.articleId,
    });
    shows(seen, { article: null, post: null });
  }),
  by('a moderator finds it waiting and approves it; then it is shown with its class and sources', async (story) => {
    const { articleRevisions } = await story.sees(
      story.who('moderator'),
      '{ articleRevisions(state: IN_REVIEW, first: 100) { nodes { id version author { pseudonym badge } } } }',
    );
    const waiting = articleRevisions.nodes.find(({ id }: { id: string }) => id === story.revision.id);
    shows(waiting, { author: { badge: 'PHYSICIAN' } });
    shows(await story.reviews('moderator', waiting), { __typename: 'ArticleRevision', state: 'APPROVED' });
    const { article, disease } = await story.sees(
      story.anyone,
      `query($id: ID!, $no: Int!) { article(id: $id) { authorClass sources author { pseudonym badge } bodyHtml(locale: ZH) }
        disease(catalogNo: $no) { articles(first: 20) { nodes { id } } } }`,
      { id: story.articleId, no: CATALOG_NO },
    );
    shows(article, { authorClass: 'PHYSICIAN', author: { badge: 'PHYSICIAN' } });
    if (article.sources.length !== 1) throw new Unexpected('a source', article);
    if (!article.bodyHtml.includes('<strong>用药清单</strong>')) throw new Unexpected('bold', article);
    if (!JSON.stringify(disease.articles).includes(story.articleId)) throw new Unexpected(story.articleId, disease);
  }),
  by('what the foundation writes is reviewed by somebody else of it, and may be returned', async (story) => {
    const moderator = story.who('moderator');
    const saved = await moderator.does(
      'saveArticle',
      {
        titleEn: 'Papers to bring',
        titleZh: '要带的材料',
        bodyEn: 'Your identity card and the last report.',
        bodyZh: '身份证和上次的报告。',
        stages: ['ACTIVE'],
        authorClass: 'FOUNDATION',
        sources: ['EURORDIS'],
      },
      REVISION,
    );
    const submitted = await story.submits('moderator', saved);
    const own = await story.reviews('moderator', submitted);
    if (own.__typename === 'ArticleRevision') throw new Unexpected('nobody reviews their own', own);
    const returned = await story.reviews('second-moderator', submitted, 'RETURN');
    shows(returned, { __typename: 'ArticleRevision', state: 'RETURNED' });
    const seen = await story.sees(story.anyone, 'query($id: ID!) { article(id: $id) { id } }', { id: saved.articleId });
    shows(seen, { article: null });
    const again = await story.submits('moderator', returned);
    shows(await story.reviews('second-moderator', again), { state: 'APPROVED' });
  }),
];

const moderated: readonly Step<CommunityStory>[] = [
  by('three readers report the story, and it is hidden until somebody has decided', async (story) => {
    const reports = (name: Name) =>
      story
        .who(name)
        .does(
          'reportPost',
          { postId: story.told.id, reason: 'MISINFORMATION', note: 'That is not how it is treated.' },
          '... on PostReport { reason }',
        );
    shows(await reports('caregiver'), { code: 'NOT_ALLOWED' });
    for (const name of ['patient', 'other-patient'] as const) shows(await reports(name), { __typename: 'PostReport' });
    shows(await reports('patient'), { __typename: 'PostAlreadyReported' });
    shows(await story.post(story.anyone, story.told.id), { status: 'PUBLISHED' });
    shows(await reports('physician'), { __typename: 'PostReport' });
    shows(await story.post(story.anyone, story.told.id), null);
    shows(await story.post(story.who('caregiver'), story.told.id), { status: 'HIDDEN' });
    await story.isTold(story.who('caregiver'), 'POST_HIDDEN_FOR_NOW', story.told.id);
  }),
  by('the moderators find it in their queue, with what was reported and nothing of who did', async (story) => {
    const { moderationQueue } = await story.sees(
      story.who('moderator'),
      '{ moderationQueue(first: 100) { nodes { id post { id } reports { reason note at } } } }',
    );
    const found = moderationQueue.nodes.find(({ post }: { post: { id: string } }) => post.id === story.told.id);
    story.caseId = found.id;
    const seen = await story.case(story.who('moderator'));
    shows(seen, { state: 'OPEN', overdue: false, reportedTitle: '三岁那年', author: { suspendedUntil: null } });
    if (seen.reports.length !== 3) throw new Unexpected('three reports', seen.reports);
    for (const name of ['patient', 'caregiver', 'physician', 'admin'] as const) {
      const { data } = await story
        .who(name)
        .ask('query($id: ID!) { moderationCase(id: $id) { id } moderationQueue { nodes { id } } }', {
          id: story.caseId,
        });
      shows(data, { moderationCase: null, moderationQueue: null });
    }
  }),
  by('a moderator decides once, with a reason; the author is suspended and reads only', async (story) => {
    const { version } = await story.case(story.who('moderator'));
    const decides = (name: Name) =>
      story.who(name).does(
        'decideCase',
        {
          caseId: story.caseId,
          action: 'SUSPEND',
          rule: 'MISINFORMATION',
          reason: 'It tells others to stop their treatment.',
          days: 7,
          expectedVersion: version,
        },
        '... on ModerationCase { state version }',
      );
    shows(await decides('moderator'), { __typename: 'ModerationCase', state: 'DECIDED' });
    const again = await decides('second-moderator');
    if (again.__typename === 'ModerationCase') throw new Unexpected('one decision', again);
    const caregiver = story.who('caregiver');
    const tries: readonly [string, object][] = [
      ['addComment', { onId: story.question.id, body: '还能写吗？' }],
      ['askQuestion', { diseaseId: story.diseaseId, title: '还能问吗？', body: '还能问吗？' }],
      ['react', { postId: story.question.id, kind: 'HELPFUL', ...NO_KEY }],
      ['reportPost', { postId: story.question.id, reason: 'OTHER' }],
    ];
    for (const [mutation, input] of tries)
      shows(await caregiver.does(mutation, { ...input }, '... on MemberSuspended { until }'), {
        __typename: 'MemberSuspended',
      });
    shows(await story.post(caregiver, story.question.id), { id: story.question.id });
    shows(await story.post(caregiver, story.told.id), { status: 'REMOVED', allowedActions: ['DELETE', 'APPEAL'] });
    await story.isTold(caregiver, 'POST_DECIDED', story.told.id);
    // what was removed is not shown to who reported it
    const { communityNotices } = await story.sees(
      story.who('patient'),
      '{ communityNotices(first: 100) { nodes { kind at post { id } } } }',
    );
    const told = communityNotices.nodes.find(({ kind }: { kind: string }) => kind === 'REPORT_DECIDED');
    shows(told, { post: null });
  }),
  by('the author sees what was decided and why, and appeals', async (story) => {
    const caregiver = story.who('caregiver');
    const { myModeration } = await story.sees(
      caregiver,
      '{ myModeration(first: 100) { nodes { id state canAppealUntil allowedActions decisions { action rule reason days } } } }',
    );
    const own = myModeration.nodes.find(({ id }: { id: string }) => id === story.caseId);
    shows(own, { id: story.caseId, state: 'DECIDED', allowedActions: ['APPEAL'] });
    shows(own.decisions, [{ action: 'SUSPEND', rule: 'MISINFORMATION', days: 7 }]);
    if (own.canAppealUntil === null) throw new Unexpected('until when to appeal', own);
    const appeals = () =>
      caregiver.does(
        'appealDecision',
        { caseId: story.caseId, text: 'I said what we did, not what others should do.' },
        '',
      );
    const appealed = await appeals();
    if (appealed.code) throw new Unexpected('an appeal', appealed);
    const again = await appeals();
    if (!again.code) throw new Unexpected('one appeal', again);
  }),
  by(
    'the moderator who decided does not hear the appeal; another overturns it, and all is as before',
    async (story) => {
      const hears = async (name: Name) => {
        const { version } = await story.case(story.who(name));
        return story
          .who(name)
          .does(
            'decideAppeal',
            { caseId: story.caseId, outcome: 'OVERTURNED', reason: 'It gives no advice.', expectedVersion: version },
            '... on ModerationCase { state }',
          );
      };
      shows(await hears('moderator'), { code: 'NOT_ALLOWED' });
      shows(await hears('second-moderator'), { __typename: 'ModerationCase', state: 'CLOSED' });
      shows(await story.post(story.anyone, story.told.id), { status: 'PUBLISHED' });
      const caregiver = story.who('caregiver');
      const { communityMember } = await story.sees(caregiver, '{ communityMember { warnings suspendedUntil } }');
      shows(communityMember, { suspendedUntil: null });
      const writes = await caregiver.does(
        'addComment',
        { onId: story.question.id, body: '谢谢大家。' },
        '... on Comment { status }',
      );
      shows(writes, { __typename: 'Comment', status: 'PUBLISHED' });
      await story.isTold(caregiver, 'APPEAL_DECIDED', story.told.id);
    },
  ),
  by('the public log says what was done, of no one', async (story) => {
    const { moderationLog } = await story.sees(
      story.anyone,
      '{ moderationLog(first: 100) { nodes { day postKind action rule appealOutcome } } }',
    );
    // those of a day are in no order
    const [{ day }] = moderationLog.nodes;
    const expected = { day, postKind: 'STORY', action: 'SUSPEND', rule: 'MISINFORMATION', appealOutcome: 'OVERTURNED' };
    if (!moderationLog.nodes.some((entry: object) => isDeepStrictEqual(entry, expected)))
      throw new Unexpected(expected, moderationLog);
    const text = JSON.stringify(moderationLog);
    for (const secret of [story.told.id, story.caseId, ...Object.values(story.pseudonyms)])
      if (text.includes(secret)) throw new Unexpected('no names', text);
    if (/\d\d:\d\d/.test(text)) throw new Unexpected('days alone', text);
  }),
];

const shown: readonly Step<CommunityStory>[] = [
  by('a patient shows a disease beside the pseudonym by consent only, and no other disease', async (story) => {
    const patient = story.who('patient');
    const { me } = await story.sees(patient, '{ me { patient { id diagnoses { disease { id } } } } }');
    const diseaseId = me.patient.diagnoses[0].disease.id;
    const showsIt = (id: string) =>
      patient.does('showDisease', { diseaseId: id, ...NO_KEY }, '... on ConsentMissing { purpose }');
    shows(await showsIt(diseaseId), { __typename: 'ConsentMissing', purpose: 'COMMUNITY_PROFILE' });
    await agrees(patient, me.patient.id, 'COMMUNITY_PROFILE');
    const { disease } = await story.sees(story.anyone, '{ disease(catalogNo: 7) { id } }');
    shows(await showsIt(disease.id), { code: 'NOT_ALLOWED' });
    const done = await showsIt(diseaseId);
    if (done.code) throw new Unexpected('done', done);
    const authorOf = async (by: Person) =>
      (await story.post(by, story.question.id, 'author { disease { id } }')).author.disease;
    shows(await authorOf(story.anyone), { id: diseaseId });
    const { data } = await patient.ask(
      'query($id: ID!) { patient(id: $id) { consents { nodes { id purpose version withdrawnAt } } } }',
      { id: me.patient.id },
    );
    const consent = data.patient.consents.nodes.find(
      ({ purpose, withdrawnAt }: { purpose: string; withdrawnAt: string | null }) =>
        purpose === 'COMMUNITY_PROFILE' && withdrawnAt === null,
    );
    await patient.does('withdrawConsent', { consentId: consent.id, expectedVersion: consent.version }, '');
    await until(
      () => authorOf(story.anyone),
      (found) => found === null,
      WAIT,
    );
    shows(await showsIt(diseaseId), { __typename: 'ConsentMissing' });
  }),
  by('what its author deletes is gone, with its history', async (story) => {
    const caregiver = story.who('caregiver');
    const { version } = await story.post(caregiver, story.told.id);
    await caregiver.does('deletePost', { postId: story.told.id, expectedVersion: version }, '');
    const { posts } = await story.sees(
      story.anyone,
      'query($search: String!) { posts(filter: { search: $search }, order: NEWEST, first: 20) { nodes { id } } }',
      { search: story.word },
    );
    if (JSON.stringify(posts).includes(story.told.id)) throw new Unexpected('no trace', posts);
    shows(await story.post(story.anyone, story.told.id), null);
  }),
];

export const COMMUNITY_STORY: readonly Step<CommunityStory>[] = [...asked, ...told, ...written, ...moderated, ...shown];
