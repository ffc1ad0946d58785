import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CareStage } from '../../common/care-stage.js';
import { InvalidInput } from '../../common/errors.js';
import { ROLE_SCOPES, type Role } from '../../common/identity.js';
import { newId } from '../../common/ids.js';
import { PostStatus } from '../post/post.js';
import { ArticleAuthorClass } from './article.js';
import { checkArticle, revisionActions, slugOf } from './article.rules.js';
import { ArticleRevisionState } from './article-revision.js';

const TEXT = {
  titleEn: ' A  title\n',
  titleZh: '标题',
  bodyEn: 'Text.\r\n',
  bodyZh: '正文。',
  stages: [CareStage.ACTIVE, CareStage.ACTIVE],
  sources: [' World Health\tOrganization ', 'World Health Organization'],
  authorClass: ArticleAuthorClass.FOUNDATION,
};

describe('what an article says', () => {
  test('is kept on one line where it is a title or a source, and once each', () => {
    expect(checkArticle(TEXT)).toEqual({
      titleEn: 'A title',
      titleZh: '标题',
      bodyEn: 'Text.',
      bodyZh: '正文。',
      stages: ['ACTIVE'],
      sources: ['World Health Organization'],
      authorClass: 'FOUNDATION',
      sponsorOrganisationId: null,
    });
  });

  test.each([
    ['titleEn', { titleEn: ' \u0000' }],
    ['titleEn', { titleEn: 'x'.repeat(121) }],
    ['titleZh', { titleZh: '' }],
    ['bodyEn', { bodyEn: ' ' }],
    ['bodyZh', { bodyZh: '字'.repeat(20_001) }],
    ['stages', { stages: [] }],
    ['sources', { sources: [] }],
    ['sources', { sources: [' '] }],
    ['sources', { sources: ['x'.repeat(201)] }],
    ['sources', { sources: Array.from({ length: 21 }, (_, index) => `Source ${index}`) }],
    ['sponsorOrganisationId', { authorClass: ArticleAuthorClass.SPONSORED }],
    ['sponsorOrganisationId', { sponsorOrganisationId: newId() }],
  ])('is refused for its %s: %j', (field, wrong) => {
    expect(() => checkArticle({ ...TEXT, ...wrong })).toThrow(
      expect.objectContaining({ constructor: InvalidInput, path: ['input', field] }) as never,
    );
  });

  test('makes a name for addresses, whatever its title is', () => {
    expect(slugOf('Café & bones: what to watch!', '0199a000-0000-7000-8000-00000000abcd')).toBe(
      'cafe-bones-what-to-watch-0000abcd',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 130 }), (title) => {
        const slug = slugOf(title, newId());
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slug.length).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe('what may be done with a text of an article', () => {
  const ROLES = Object.keys(ROLE_SCOPES) as Role[];
  const facts = fc.record({
    state: fc.constantFrom(...Object.values(ArticleRevisionState)),
    authorClass: fc.constantFrom(...Object.values(ArticleAuthorClass)),
    mine: fc.boolean(),
    beingRevised: fc.boolean(),
    articleStatus: fc.constantFrom(null, ...Object.values(PostStatus)),
  });

  test('is never to review what one wrote, and to review is for moderators', () => {
    fc.assert(
      fc.property(facts, fc.subarray(ROLES), (revision, roles) => {
        const mayReview = revisionActions(revision, roles).includes('REVIEW' as never);
        expect(mayReview).toBe(revision.state === 'IN_REVIEW' && !revision.mine && roles.includes('MODERATOR'));
      }),
    );
  });

  test('is nothing for those who neither wrote it nor work for the foundation', () => {
    fc.assert(
      fc.property(facts, fc.subarray(ROLES.filter((role) => role !== 'MODERATOR')), (revision, roles) => {
        expect(revisionActions({ ...revision, mine: false }, roles)).toEqual([]);
      }),
    );
  });

  test.each([
    ['DRAFT', ['EDIT', 'SUBMIT']],
    ['RETURNED', ['EDIT', 'SUBMIT']],
    ['IN_REVIEW', ['TAKE_BACK']],
    ['APPROVED', ['REVISE', 'WITHDRAW']],
    ['SUPERSEDED', []],
    ['WITHDRAWN', ['REVISE']],
  ] as const)('is, for the physician who wrote it, when it is %s: %j', (state, actions) => {
    const revision = {
      state: ArticleRevisionState[state],
      authorClass: ArticleAuthorClass.PHYSICIAN,
      mine: true,
      beingRevised: false,
      articleStatus: PostStatus.PUBLISHED,
    };
    expect(revisionActions(revision, ['PHYSICIAN'])).toEqual(actions);
  });
});
