import { describe, expect, test } from '@jest/globals';
import { ConsentPurpose } from '../../common/consent-purpose.js';
import { ConsentAction, type ConsentText } from './consent.js';
import { allowedActions, checkText, currentTexts, recipientKind } from './consent.rules.js';

const text = (purpose: ConsentPurpose, number: number, effectiveFrom: string): ConsentText => ({
  purpose,
  number,
  textEn: `${purpose} ${number}`,
  textZh: '文',
  effectiveFrom,
});

describe('the text to agree to', () => {
  const texts = [
    text(ConsentPurpose.TREATMENT, 3, '2027-01-01T00:00:00Z'),
    text(ConsentPurpose.TREATMENT, 1, '2026-01-01T00:00:00Z'),
    text(ConsentPurpose.TREATMENT, 2, '2026-06-01T00:00:00Z'),
    text(ConsentPurpose.AID_REVIEW, 1, '2026-01-01T00:00:00Z'),
  ];
  const numbers = (now: string) =>
    currentTexts(texts, new Date(now)).map(({ purpose, number }) => `${purpose} ${number}`);

  test('is the newest of each purpose that has come into effect', () => {
    expect(numbers('2026-05-31T23:59:59Z')).toEqual(['TREATMENT 1', 'AID_REVIEW 1']);
    expect(numbers('2026-06-01T00:00:00Z')).toEqual(['TREATMENT 2', 'AID_REVIEW 1']);
    expect(numbers('2028-01-01T00:00:00Z')).toEqual(['TREATMENT 3', 'AID_REVIEW 1']);
    expect(numbers('2025-01-01T00:00:00Z')).toEqual([]);
  });

  test('is named where another was shown, older or made up', () => {
    const current = texts[2] as ConsentText;
    expect(() => checkText(current, 2)).not.toThrow();
    for (const shown of [1, 3, 0, -1]) {
      expect(() => checkText(current, shown)).toThrow(
        expect.objectContaining({ code: 'CONSENT_TEXT_OUTDATED', current }),
      );
    }
  });
});

test('a consent is limited to a physician or an organisation where its purpose is served by such', () => {
  expect(recipientKind(ConsentPurpose.TREATMENT, 'x')).toBe('physician');
  expect(recipientKind(ConsentPurpose.RESEARCH_STATISTICS, 'x')).toBe('organisation');
  expect(recipientKind(ConsentPurpose.AID_REVIEW, null)).toBeNull();
  for (const purpose of [
    ConsentPurpose.AID_REVIEW,
    ConsentPurpose.SHARE_WITH_PHARMACY,
    ConsentPurpose.COMMUNITY_PROFILE,
  ])
    expect(() => recipientKind(purpose, 'x')).toThrow(expect.objectContaining({ path: ['input', 'recipientId'] }));
});

test('only one that holds can be withdrawn, and only by who may care', () => {
  expect(allowedActions(null, true)).toEqual([ConsentAction.WITHDRAW]);
  expect(allowedActions(null, false)).toEqual([]);
  expect(allowedActions('2026-01-01T00:00:00Z', true)).toEqual([]);
});
