import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { PostAction, PostKind, PostStatus } from './post.js';
import {
  allowedActions,
  checkBody,
  checkTitle,
  checkTitleOf,
  MAX_BODY,
  MAX_DEPTH,
  minuteId,
  type PostFacts,
  publicMinute,
  publishedAgainAt,
  type ReaderFacts,
} from './post.rules.js';

const refused = (field: string) =>
  expect.objectContaining({ constructor: InvalidInput, path: ['input', field] }) as Error;

describe('a text', () => {
  test('is kept as it was written', () => {
    const body = '# Heading\n\n\tcode\n\n<b>not ours to judge</b> 👩‍⚕️ العربية';
    expect(checkBody(body, 100)).toBe(body);
    expect(checkTitle('A title')).toBe('A title');
  });

  test('loses control characters, marks that turn its direction, and halves of characters', () => {
    expect(checkTitle('a\u202Eb\u0007c\u2066d')).toBe('abcd');
    expect(checkBody('e\0f\u001B[31mg\u009Dh\uD83Di', 100)).toBe('ef[31mghi');
  });

  test('ends its lines in one way, and has a title of one line', () => {
    expect(checkTitle(' a\r\n\tb  c ')).toBe('a b c');
    expect(checkBody('\r\na\r\nb\rc\n', 100)).toBe('a\nb\nc');
  });

  test('counts characters as people do', () => {
    expect(checkTitle('😀'.repeat(120)).length).toBe(240);
    expect(checkBody('病'.repeat(20_000), MAX_BODY.STORY).length).toBe(20_000);
  });

  test.each(['', ' \u202E\n', 'x'.repeat(121)])('is refused with the title %j', (title) => {
    expect(() => checkTitle(title)).toThrow(refused('title'));
  });

  test.each(Object.entries(MAX_BODY))('of kind %s is refused when it is empty or over %d characters', (_, max) => {
    expect(checkBody('x'.repeat(max), max)).toHaveLength(max);
    for (const body of [' \n\0 ', 'x'.repeat(max + 1)]) expect(() => checkBody(body, max)).toThrow(refused('body'));
  });

  test('has a title when it is a story or a question, and only then', () => {
    for (const kind of [PostKind.STORY, PostKind.QUESTION]) {
      expect(checkTitleOf(kind, ' x ')).toBe('x');
      expect(() => checkTitleOf(kind, null)).toThrow(refused('title'));
    }
    for (const kind of [PostKind.ANSWER, PostKind.COMMENT]) {
      expect(checkTitleOf(kind, undefined)).toBeNull();
      expect(() => checkTitleOf(kind, 'x')).toThrow(refused('title'));
    }
  });
});

describe('the time of a post', () => {
  test('is told to the minute before', () => {
    expect(publicMinute(new Date('2026-03-14T09:26:53.589Z'))).toEqual(new Date('2026-03-14T09:26:00Z'));
    expect(publicMinute(new Date('2026-03-14T09:26:00Z'))).toEqual(new Date('2026-03-14T09:26:00Z'));
  });

  test('stays when it is published again within a day', () => {
    const now = new Date('2026-03-14T09:26:53Z');
    const minute = new Date('2026-03-14T09:26:00Z');
    expect(publishedAgainAt(null, now)).toEqual(minute);
    expect(publishedAgainAt(new Date('2026-03-13T09:27:00Z'), now)).toEqual(new Date('2026-03-13T09:27:00Z'));
    expect(publishedAgainAt(new Date('2026-03-13T09:26:00Z'), now)).toEqual(minute);
  });

  test('is a whole minute in its id, of which no two are alike', () => {
    const minute = new Date('2026-03-14T09:26:00Z');
    const ids = Array.from({ length: 100 }, () => minuteId(minute));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(minute.getTime());
  });
});

describe('what may be done with a post', () => {
  const story: PostFacts = {
    kind: PostKind.STORY,
    status: PostStatus.PUBLISHED,
    reachable: true,
    depth: 0,
    closedAt: null,
  };
  const author: ReaderFacts = { mine: true, mayWrite: true, appealable: false };
  const reader: ReaderFacts = { mine: false, mayWrite: true, appealable: false };
  const question = { ...story, kind: PostKind.QUESTION };
  const { EDIT, PUBLISH, WITHDRAW, DELETE, COMMENT, ANSWER, ACCEPT, CLOSE, REACT, REPORT, APPEAL } = PostAction;

  test('by its author', () => {
    expect(allowedActions(story, author)).toEqual([EDIT, WITHDRAW, DELETE, COMMENT]);
    expect(allowedActions({ ...story, status: PostStatus.DRAFT }, author)).toEqual([EDIT, PUBLISH, DELETE]);
    expect(allowedActions({ ...story, status: PostStatus.HIDDEN }, author)).toEqual([EDIT, DELETE]);
    expect(allowedActions({ ...story, status: PostStatus.REMOVED }, { ...author, appealable: true })).toEqual([
      DELETE,
      APPEAL,
    ]);
    expect(allowedActions({ ...story, status: PostStatus.DELETED }, author)).toEqual([]);
    expect(allowedActions(question, author)).toEqual([EDIT, DELETE, COMMENT, ANSWER, ACCEPT, CLOSE]);
    expect(allowedActions({ ...question, closedAt: '2026-03-14' }, author)).toEqual([EDIT, DELETE, COMMENT, ACCEPT]);
    expect(allowedActions({ ...story, kind: PostKind.COMMENT, depth: 2 }, author)).toEqual([EDIT, DELETE, COMMENT]);
    expect(allowedActions({ ...story, kind: PostKind.ARTICLE }, author)).toEqual([COMMENT]);
  });

  test('by other members', () => {
    expect(allowedActions(story, reader)).toEqual([COMMENT, REACT, REPORT]);
    expect(allowedActions(question, reader)).toEqual([COMMENT, ANSWER, REACT, REPORT]);
    expect(allowedActions({ ...question, closedAt: '2026-03-14' }, reader)).toEqual([COMMENT, REACT, REPORT]);
    expect(allowedActions({ ...story, kind: PostKind.COMMENT, depth: MAX_DEPTH }, reader)).toEqual([REACT, REPORT]);
  });

  const posts = fc.record({
    kind: fc.constantFrom(...Object.values(PostKind)),
    status: fc.constantFrom(...Object.values(PostStatus)),
    reachable: fc.boolean(),
    depth: fc.integer({ min: 0, max: MAX_DEPTH }),
    closedAt: fc.constantFrom(null, '2026-03-14'),
  });

  test('by others is nothing of what changes it, and nothing at all when they cannot read it', () => {
    fc.assert(
      fc.property(posts, fc.boolean(), (post, mayWrite) => {
        const actions = allowedActions(post, { mine: false, mayWrite, appealable: false });
        expect([COMMENT, ANSWER, REACT, REPORT]).toEqual(expect.arrayContaining(actions));
        if (!mayWrite || post.status !== PostStatus.PUBLISHED || !post.reachable) expect(actions).toEqual([]);
      }),
    );
  });

  test('by somebody who is suspended is deleting what is theirs, and appealing', () => {
    fc.assert(
      fc.property(posts, fc.boolean(), (post, appealable) => {
        const actions = allowedActions(post, { mine: true, mayWrite: false, appealable });
        expect([DELETE, APPEAL]).toEqual(expect.arrayContaining(actions));
        expect(actions.includes(APPEAL)).toBe(appealable);
      }),
    );
  });
});
