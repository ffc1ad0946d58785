import { InvalidInput } from '../../common/errors.js';
import { AuthorBadge, StoryAction, StoryStatus } from './story.js';
import { allowedActions, badgeOf, checkStory, publicMinute } from './story.rules.js';

const story = { title: 'A title', body: 'A body' };

describe('the text of a story', () => {
  test('is kept as it was written', () => {
    const body = '# Heading\n\n\tcode\n\n<b>not ours to judge</b> 👩‍⚕️ العربية';
    expect(checkStory({ ...story, body })).toEqual({ ...story, body });
  });

  test('loses control characters, marks that turn its direction, and halves of characters', () => {
    expect(checkStory({ title: 'a\u202Eb\u0007c\u2066d', body: 'e\0f\u001B[31mg\u009Dh\uD83Di' })).toEqual({
      title: 'abcd',
      body: 'ef[31mghi',
    });
  });

  test('ends its lines in one way, and has a title of one line', () => {
    expect(checkStory({ title: ' a\r\n\tb  c ', body: '\r\na\r\nb\rc\n' })).toEqual({
      title: 'a b c',
      body: 'a\nb\nc',
    });
  });

  test('counts characters as people do', () => {
    expect(checkStory({ title: '😀'.repeat(120), body: '病'.repeat(20_000) }).title.length).toBe(240);
  });

  test.each([
    ['title', { ...story, title: '' }],
    ['title', { ...story, title: ' \u202E\n' }],
    ['title', { ...story, title: 'x'.repeat(121) }],
    ['body', { ...story, body: ' \n\0 ' }],
    ['body', { ...story, body: 'x'.repeat(20_001) }],
  ])('is refused for its %s', (field, text) => {
    expect(() => checkStory(text)).toThrow(
      expect.objectContaining({ constructor: InvalidInput, path: ['input', field] }) as Error,
    );
  });
});

test('the time of a story is told to the minute before', () => {
  expect(publicMinute(new Date('2026-03-14T09:26:53.589Z'))).toEqual(new Date('2026-03-14T09:26:00Z'));
  expect(publicMinute(new Date('2026-03-14T09:26:00Z'))).toEqual(new Date('2026-03-14T09:26:00Z'));
});

test('an author may withdraw what is published, others nothing', () => {
  expect(allowedActions(StoryStatus.PUBLISHED, true)).toEqual([StoryAction.WITHDRAW]);
  expect(allowedActions(StoryStatus.PUBLISHED, false)).toEqual([]);
  for (const status of [StoryStatus.DRAFT, StoryStatus.HIDDEN, StoryStatus.REMOVED]) {
    expect(allowedActions(status, true)).toEqual([]);
  }
});

test('only physicians carry a badge', () => {
  expect(badgeOf(['PHYSICIAN'])).toBe(AuthorBadge.PHYSICIAN);
  expect(badgeOf(['PATIENT', 'CAREGIVER'])).toBeNull();
});
