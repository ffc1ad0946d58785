import {
  actorOf,
  below,
  DAY,
  DEMO_PATIENTS,
  diseaseOf,
  groupTime,
  HOUR,
  hash,
  MINUTE,
  moment,
  pick,
  rowId,
  type SeedTable,
  type SeedValue,
  type SeedWorld,
  share,
  shuffledNumber,
} from '../common/seed.js';
import { ADJECTIVES, NOUNS } from './member/pseudonym.words.js';

/**
 * The minute in which a patient's story was published: by another sequence than the times of all else of theirs, so that
 * neither it nor the ids made of it stand beside another record's.
 */
function publishedAt(i: number): number {
  const at = groupTime(Date.UTC(2025, 1, 1), 600 * DAY, 3, 'published', i) + below(HOUR, 'told', i);
  return Math.floor(at / MINUTE) * MINUTE;
}

/** Two words and a number of eight digits, which no other patient's has: people are given shorter ones. */
export const pseudonym = (i: number): string =>
  `${pick(ADJECTIVES, 'adjective', i)} ${pick(NOUNS, 'noun', i)} ${shuffledNumber(i)}`;

const TITLES = [
  'Living with {disease}',
  'What I wish I had known about {disease}',
  'How {disease} got its name in our family',
  'A good year with {disease}',
  'The long way to a diagnosis: {disease}',
] as const;

const BEGINNINGS = [
  'It began with being tired all the time, and nobody could say why.',
  'We went from one hospital to the next for years.',
  'When I first read the name I could not even pronounce it.',
  'I was a child when it was found, so I know no other life.',
] as const;

const MIDDLES = [
  'What helped most was **meeting others** who have it too.',
  'The treatment takes half a day every second week; I take a book with me.',
  'I keep a diary now: it made talking to the doctors much easier.',
  'My employer lets me work from home on the bad days, which changed everything.',
] as const;

const ENDS = [
  'Ask your questions, even those that seem small.',
  'Be patient with yourself.',
  'You are not alone with it.',
  'It does get easier.',
] as const;

const LABEL = '*This is demo text: no real person wrote it.*';

export const memberId = (i: number): string => rowId('member', i, 0, publishedAt(i));

function body(i: number): string {
  const told = [pick(BEGINNINGS, 'beginning', i), pick(MIDDLES, 'middle', i), pick(ENDS, 'end', i), LABEL];
  return told.join('\n\n');
}

/** Two of a hundred have withdrawn their story. */
const isPublished = (i: number): boolean => i <= 2 || hash('withdrawn', i) % 50 !== 0;

/** So many of the first patients also ask, answer and comment: enough to look at, in every list. */
const LIVELY = 300;
/** Others write about what is of somebody who came after them: so whoever is loaded finds all whom their posts need. */
const BEFORE = 12;
const isLively = (i: number): boolean => i >= DEMO_PATIENTS + BEFORE && i < LIVELY;

const LABEL_ZH = '*本文为演示内容，并非真人所写。*';

const QUESTIONS = [
  [
    'How do you plan a long journey?',
    'We want to visit my parents, eight hours by train. What do you take with you, and whom do you tell before?',
  ],
  [
    'When did you tell your colleagues?',
    'I have been back at work for a month and nobody knows. Did telling them make it easier?',
  ],
  [
    'What helps on the day after an infusion?',
    'I am so tired that I sleep through the afternoon. Is it the same for others?',
  ],
  ['How do you explain it to a child?', 'Our daughter is six and asks why she sees the doctor so often.'],
  ['出差时怎么安排复诊？', '下个月要出差两周，正好碰上复诊时间。大家一般会提前和医生怎么沟通？'],
  ['确诊以后怎么和家里老人说？', '老人身体不好，怕他们担心，又不想瞒着。有没有过来人可以说说经验？'],
  ['孩子上学需要和老师沟通哪些事？', '九月就要上小学了，想提前把注意事项写成一页纸，大家都写了什么？'],
  ['症状日记要记多细？', '医生让我每天记录，可是记得太细坚持不下来，你们都记哪些？'],
] as const;
const ANSWERS = [
  'We wrote one page with everything on it and gave a copy to everybody who has to know. That was enough.',
  'Ask your team before, they have heard it a hundred times and have a list ready.',
  'For us it was easier than we had feared. Begin with one person whom you trust.',
  '我们是提前一周打电话问清楚的，然后把要点写下来带在身上。',
  '先记三样就够了：睡眠、疼痛、精力。坚持比详细更重要。',
] as const;
const COMMENTS = [
  'Thank you for telling this. It could be our story.',
  'The part about the diary made me begin one yesterday.',
  'How long did it take until it got easier?',
  '谢谢分享，看到有人走过来，心里踏实多了。',
  '我们也是跑了好几家医院才确诊的。',
] as const;
const REPLIES = [
  'About half a year, and then suddenly.',
  'I am glad that it helps.',
  '加油，慢慢会好起来的。',
] as const;
const HAN = /[\u4e00-\u9fff]/;

/** A text that says that it is the demo's, in its language. */
export const labelled = (text: string): string => `${text}\n\n${HAN.test(text) ? LABEL_ZH : LABEL}`;
const minute = (at: number): number => Math.floor(at / MINUTE) * MINUTE;

interface SeedReaction {
  readonly by: number;
  readonly kind: string;
}

const REACTION_KINDS = [
  ['HELPFUL', 500],
  ['WITH_YOU', 300],
  ['THANKS', 200],
] as const;

/** Who reacts to a post of somebody's, each once: of those who came before them. */
const reactionsTo = (what: string, i: number, most: number): readonly SeedReaction[] =>
  Array.from({ length: below(most + 1, `${what}-reactions`, i) }, (_, n) => ({
    by: i - 1 - n,
    kind: share(REACTION_KINDS, `${what}-reaction-${n}`, i),
  }));
const toStory = (i: number): readonly SeedReaction[] =>
  isLively(i) && isPublished(i) ? reactionsTo('story', i, BEFORE) : [];

/** How many of each kind, and the place among the most helpful: what triggers and a job would have counted. */
const counted = (reactions: readonly SeedReaction[]): readonly number[] => {
  const of = (kind: string) => reactions.filter((each) => each.kind === kind).length;
  return [of('HELPFUL'), of('THANKS'), of('WITH_YOU'), of('HELPFUL')];
};
const COUNTS = ['helpful', 'thanks', 'with_you', 'helpful_rank'];

interface SeedPost {
  readonly id: string;
  readonly kind: 'QUESTION' | 'ANSWER' | 'COMMENT';
  readonly by: number;
  readonly parentId: string | null;
  readonly topId: string;
  readonly depth: number;
  readonly title: string | null;
  readonly text: string;
  readonly at: number;
  readonly reactions?: readonly SeedReaction[];
}

export const storyId = (i: number): string => rowId('story', i, 0, publishedAt(i));

/** What is written under a patient's story: by others, and an answer of theirs to the first. */
function commentsUnder(i: number): readonly SeedPost[] {
  const topId = storyId(i);
  const under = { kind: 'COMMENT', title: null, topId } as const;
  const comments = Array.from({ length: isPublished(i) ? below(4, 'comments', i) : 0 }, (_, n): SeedPost => {
    const at = minute(publishedAt(i) + (n + 1) * DAY + below(DAY, `comment-${n}`, i));
    const text = pick(COMMENTS, `comment-text-${n}`, i);
    return { ...under, id: rowId('comment', i, n, at), by: i - 1 - n, parentId: topId, depth: 1, text, at };
  });
  const [first] = comments;
  if (!first || hash('replies', i) % 2 === 0) return comments;
  const at = minute(first.at + 2 * HOUR + below(6 * HOUR, 'reply', i));
  const reply = { ...under, id: rowId('comment', i, 8, at), by: i, parentId: first.id, depth: 2, at };
  return [...comments, { ...reply, text: pick(REPLIES, 'reply-text', i) }];
}

/** What every third of them asks, with the answers of others. */
function questionWithAnswers(i: number): readonly SeedPost[] {
  if (hash('asks', i) % 3 !== 0) return [];
  const at = minute(publishedAt(i) + 3 * DAY + below(20 * DAY, 'asked', i));
  const id = rowId('question', i, 0, at);
  const answers = Array.from({ length: below(4, 'answers', i) }, (_, n): SeedPost => {
    const answeredAt = minute(at + (n + 1) * HOUR + below(5 * HOUR, `answered-${n}`, i));
    const text = pick(ANSWERS, `answer-text-${n}`, i);
    const place = { id: rowId('answer', i, n, answeredAt), parentId: id, topId: id, depth: 1 };
    const reactions = reactionsTo(`answer-${n}`, i, 4).filter(({ by }) => by !== i - 1 - n);
    return { ...place, kind: 'ANSWER', by: i - 1 - n, title: null, text, at: answeredAt, reactions };
  });
  const [title, text] = pick(QUESTIONS, 'question', i);
  const place = { id, parentId: null, topId: id, depth: 0 };
  const reactions = reactionsTo('question', i, 6);
  return [{ ...place, kind: 'QUESTION', by: i, title, text, at, reactions }, ...answers];
}

const threadsOf = (i: number): readonly SeedPost[] =>
  isLively(i) ? [...commentsUnder(i), ...questionWithAnswers(i)] : [];

const postRow = (post: SeedPost, diseaseId: string): readonly SeedValue[] => [
  ...[post.id, post.kind, memberId(post.by), pseudonym(post.by), diseaseId, post.parentId, post.topId, post.depth],
  ...[post.title, labelled(post.text), 'PUBLISHED', moment(post.at)],
  ...counted(post.reactions ?? []),
];

const reactionRows = (postId: string, reactions: readonly SeedReaction[]): readonly SeedValue[][] =>
  reactions.map(({ by, kind }) => [postId, memberId(by), kind]);

/**
 * One story a patient, about the disease that they have, under a pseudonym that leads to nobody; of the first few hundred also
 * questions, answers, comments, reactions and what they follow.
 */
export const communitySeed: readonly SeedTable[] = [
  {
    table: 'member',
    columns: ['id', 'subject', 'pseudonym', 'created_at'],
    rows: (i) => [[memberId(i), actorOf(i).subject, pseudonym(i), moment(publishedAt(i))]],
  },
  {
    table: 'post',
    // where it stands, and what was counted, is said: triggers do not run where rows are loaded as a replica takes them
    columns: [
      ...['id', 'kind', 'member_id', 'pseudonym', 'disease_id', 'top_id', 'depth', 'title', 'body', 'status'],
      ...['published_at', ...COUNTS],
    ],
    rows(i, world) {
      const at = publishedAt(i);
      const disease = diseaseOf(i, world);
      const title = pick(TITLES, 'title', i).replace('{disease}', disease.nameEn).slice(0, 120);
      const id = storyId(i);
      const written = [disease.id, id, 0, title, body(i), isPublished(i) ? 'PUBLISHED' : 'DRAFT', moment(at)] as const;
      return [[id, 'STORY', memberId(i), pseudonym(i), ...written, ...counted(toStory(i))]];
    },
  },
  {
    table: 'post',
    columns: [
      ...[
        'id',
        'kind',
        'member_id',
        'pseudonym',
        'disease_id',
        'parent_id',
        'top_id',
        'depth',
        'title',
        'body',
        'status',
      ],
      ...['published_at', ...COUNTS],
    ],
    rows: (i, world) => threadsOf(i).map((post) => postRow(post, diseaseOf(i, world).id)),
  },
  {
    table: 'reaction',
    columns: ['post_id', 'member_id', 'kind'],
    rows: (i) => [
      ...reactionRows(storyId(i), toStory(i)),
      ...threadsOf(i).flatMap(({ id, reactions = [] }) => reactionRows(id, reactions)),
    ],
  },
  {
    table: 'follow',
    columns: ['member_id', 'disease_id', 'since'],
    rows: (i: number, world: SeedWorld) =>
      isLively(i) ? [[memberId(i), diseaseOf(i, world).id, moment(publishedAt(i))]] : [],
  },
];
