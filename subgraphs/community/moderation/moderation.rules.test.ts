import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { ModerationAction, ModerationCaseState, ModerationRule, ModerationStep } from './moderation.enums.js';
import {
  allowedActions,
  appealActions,
  appealUntil,
  checkDecision,
  decidedBy,
  isOverdue,
  isStale,
} from './moderation.rules.js';

const OUTSIDER = { wrote: false, reported: false, escalated: false, decided: false };
const STATES = Object.values(ModerationCaseState);

describe('what a moderator may do', () => {
  test.each([
    ['OPEN', ['DECIDE', 'ESCALATE']],
    ['ESCALATED', ['DECIDE']],
    ['DECIDED', []],
    ['APPEALED', ['DECIDE_APPEAL']],
    ['CLOSED', []],
  ] as const)('with what is %s', (state, actions) => {
    expect(allowedActions(state as ModerationCaseState, OUTSIDER)).toEqual(actions);
    expect(allowedActions(state as ModerationCaseState, null)).toEqual([]);
  });

  test('is nothing with what they wrote or reported', () => {
    for (const state of STATES) {
      expect(allowedActions(state, { ...OUTSIDER, wrote: true })).toEqual([]);
      expect(allowedActions(state, { ...OUTSIDER, reported: true })).toEqual([]);
    }
  });

  test('is not to decide what they left to another, or about an appeal from their own decision', () => {
    expect(allowedActions(ModerationCaseState.ESCALATED, { ...OUTSIDER, escalated: true })).toEqual([]);
    expect(allowedActions(ModerationCaseState.APPEALED, { ...OUTSIDER, escalated: true })).toEqual(['DECIDE_APPEAL']);
    expect(allowedActions(ModerationCaseState.APPEALED, { ...OUTSIDER, decided: true })).toEqual([]);
  });
});

test('who made which of the two decisions is known of oneself alone', () => {
  const part = { ...OUTSIDER, decided: true, heard: false };
  expect(decidedBy(ModerationStep.DECISION, part)).toBe(true);
  expect(decidedBy(ModerationStep.APPEAL, part)).toBe(false);
  expect(decidedBy(ModerationStep.APPEAL, { ...part, heard: true })).toBe(true);
  expect(decidedBy(ModerationStep.DECISION, null)).toBe(false);
});

test('an author can appeal what was decided against them for 30 days', () => {
  const at = '2026-03-01T10:00:00Z';
  const last = new Date('2026-03-31T09:59:59Z');
  expect(appealUntil(ModerationCaseState.DECIDED, [{ at }], last)).toEqual(new Date('2026-03-31T10:00:00Z'));
  expect(appealUntil(ModerationCaseState.DECIDED, [{ at }], new Date('2026-03-31T10:00:00Z'))).toBeNull();
  expect(appealUntil(ModerationCaseState.DECIDED, [], last)).toBeNull();
  for (const state of STATES) {
    expect(appealActions(state, [{ at }], last)).toEqual(state === 'DECIDED' ? ['APPEAL'] : []);
  }
});

test('only what waits is overdue', () => {
  const due = new Date('2026-03-01T10:00:00Z');
  for (const state of STATES) {
    expect(isOverdue(state, due, due)).toBe(false);
    expect(isOverdue(state, due, new Date('2026-03-01T10:00:01Z'))).toBe(
      ['OPEN', 'ESCALATED', 'APPEALED'].includes(state),
    );
  }
});

test('who lets a post be read has seen it as it is; who takes it out may have missed edits, and nothing else', () => {
  const counts = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(counts, counts, counts, (expected, firmVersion, edits) => {
      const version = firmVersion + edits;
      expect(isStale(expected, { version, firmVersion }, true)).toBe(expected !== version);
      expect(isStale(expected, { version, firmVersion }, false)).toBe(expected < firmVersion || expected > version);
    }),
  );
});

describe('a decision', () => {
  const check = (more: Partial<Parameters<typeof checkDecision>[0]>) => () =>
    checkDecision({
      action: ModerationAction.REMOVE,
      rule: ModerationRule.SPAM,
      days: null,
      state: ModerationCaseState.OPEN,
      hasAuthor: true,
      ...more,
    });
  const { KEEP, WARN, SUSPEND } = ModerationAction;
  const { NOTHING_WRONG } = ModerationRule;
  const { ESCALATED } = ModerationCaseState;

  test.each([
    [{}],
    [{ action: KEEP, rule: NOTHING_WRONG }],
    [{ action: SUSPEND, days: 1 }],
    [{ action: SUSPEND, days: 30 }],
    [{ action: SUSPEND, days: 365, state: ESCALATED }],
    [{ hasAuthor: false }],
  ])('may be %j', (more) => {
    expect(check(more)).not.toThrow();
  });

  test.each([
    ['rule', { action: KEEP }],
    ['rule', { rule: NOTHING_WRONG }],
    ['days', { action: SUSPEND }],
    ['days', { action: SUSPEND, days: 0 }],
    ['days', { action: SUSPEND, days: 31 }],
    ['days', { action: SUSPEND, days: 366, state: ESCALATED }],
    ['days', { action: WARN, days: 3 }],
    ['action', { action: WARN, hasAuthor: false }],
    ['action', { action: SUSPEND, days: 3, hasAuthor: false }],
  ])('is refused for its %s: %j', (field, more) => {
    expect(check(more)).toThrow(
      expect.objectContaining({ constructor: InvalidInput, path: ['input', field] }) as unknown as Error,
    );
  });
});
