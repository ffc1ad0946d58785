import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../common/errors.js';
import { Locale } from '../../common/scalars.js';
import { DEFINITIONS, definitionOf, newestDefinitions } from './definitions/all.js';
import { earlyIbd1, earlyIbd2 } from './definitions/early-ibd.js';
import { wellbeing1 } from './definitions/wellbeing.js';
import {
  bandOf,
  checkAnswers,
  type Definition,
  type GivenAnswer,
  type Item,
  scoreOf,
  scoreRange,
} from './questionnaire.rules.js';

const valuesOf = (item: Item): string[] =>
  'options' in item
    ? item.options.map(({ value }) => value)
    : Array.from({ length: item.max - item.min + 1 }, (_, n) => String(item.min + n));

/** Any way to answer a questionnaire. */
const answersTo = ({ items }: Definition): fc.Arbitrary<GivenAnswer[]> =>
  fc
    .tuple(
      ...items.map((item) => {
        const value = fc.constantFrom(...valuesOf(item));
        return (item.required ? value : fc.option(value)).map((given) =>
          given === null ? [] : [{ item: item.code, value: given }],
        );
      }),
    )
    .map((each) => each.flat());

const scored = (definition: Definition, answers: readonly GivenAnswer[]): number =>
  scoreOf(checkAnswers(definition, answers, []));

/** The path of the failure. */
function refused(definition: Definition, answers: readonly GivenAnswer[]): string[] | undefined {
  try {
    checkAnswers(definition, answers, ['answers']);
  } catch (error) {
    if (error instanceof InvalidInput) return error.path;
    throw error;
  }
  throw new Error('It was not refused');
}

const least = ({ items }: Definition): GivenAnswer[] =>
  items.filter(({ required }) => required).map((item) => ({ item: item.code, value: valuesOf(item)[0] as string }));

describe.each(
  DEFINITIONS.map((each) => [`${each.code} ${each.version}`, each] as const),
)('the questionnaire %s', (_, definition) => {
  test('has bands that cover every possible score once', () => {
    const [lowest, highest] = scoreRange(definition);
    for (let score = lowest; score <= highest; score++) {
      expect(definition.bands.filter(({ from, to }) => from <= score && score <= to)).toHaveLength(1);
    }
    expect([definition.bands[0]?.from, definition.bands.at(-1)?.to]).toEqual([lowest, highest]);
  });

  test('gives a score within its range for whatever is answered, in whatever order', () => {
    const [lowest, highest] = scoreRange(definition);
    fc.assert(
      fc.property(
        answersTo(definition).chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          const score = scored(definition, given);
          expect(score).toBeGreaterThanOrEqual(lowest);
          expect(score).toBeLessThanOrEqual(highest);
          expect(scored(definition, shuffled)).toBe(score);
          expect(bandOf(definition, score).code).toBeTruthy();
        },
      ),
    );
  });

  test('says what to do next in both languages, and never what somebody has', () => {
    for (const { nextStep } of definition.bands) {
      expect(nextStep[Locale.EN]).toMatch(/^[A-Z].*\.$/);
      expect(nextStep[Locale.ZH]).toMatch(/[一-鿿].*。$/);
      expect(nextStep[Locale.EN]).not.toMatch(/you have|diagnos|disease|disorder|depress/i);
      expect(nextStep[Locale.ZH]).not.toMatch(/您患|诊断|疾病|抑郁/);
    }
    for (const { text, weight } of definition.items) {
      expect(text[Locale.EN] && text[Locale.ZH]).toBeTruthy();
      expect(weight).toBeGreaterThan(0);
    }
  });

  test('has steps that begin at the lowest answer and go up', () => {
    for (const item of definition.items) {
      if ('options' in item) continue;
      const from = item.steps.map((step) => step.from);
      expect(from[0]).toBe(item.min);
      expect(from).toEqual([...new Set(from)].sort((one, other) => one - other));
      expect(from.at(-1)).toBeLessThanOrEqual(item.max);
    }
  });
});

describe('the score', () => {
  test('of the early signs never falls when something is answered worse', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(earlyIbd1, earlyIbd2)
          .chain((definition) => fc.tuple(fc.constant(definition), answersTo(definition), fc.nat(), fc.nat())),
        ([definition, given, which, by]) => {
          const worse = given.map((answer, index) => {
            if (index !== which % given.length) return answer;
            const values = valuesOf(definition.items.find(({ code }) => code === answer.item) as Item);
            const now = values.indexOf(answer.value);
            return { ...answer, value: values[now + (by % (values.length - now))] as string };
          });
          expect(scored(definition, worse)).toBeGreaterThanOrEqual(scored(definition, given));
        },
      ),
    );
  });

  test('of the wellbeing rises with what is good and falls with what is hard', () => {
    const all = (value: string, hard: string) =>
      wellbeing1.items.map(({ code }) => ({
        item: code,
        value: ['held_back', 'worried'].includes(code) ? hard : value,
      }));
    expect(scored(wellbeing1, all('4', '0'))).toBe(24);
    expect(scored(wellbeing1, all('0', '4'))).toBe(0);
  });

  test('counts an item as often as it weighs', () => {
    const woken = (definition: Definition) =>
      least(definition).map((answer) => (answer.item === 'woken_at_night' ? { ...answer, value: 'YES' } : answer));
    expect([scored(earlyIbd1, woken(earlyIbd1)), scored(earlyIbd2, woken(earlyIbd2))]).toEqual([2, 4]);
  });
});

describe('answers are refused', () => {
  const answers = least(earlyIbd1);
  const [first, ...others] = answers as [GivenAnswer, ...GivenAnswer[]];

  test('with an unknown item', () => {
    expect(refused(earlyIbd1, [...answers, { item: 'star_sign', value: 'YES' }])).toEqual(['answers', '6', 'item']);
    for (const item of ['__proto__', 'constructor', 'toString', '']) {
      expect(refused(earlyIbd1, [{ item, value: 'YES' }, ...answers])).toEqual(['answers', '0', 'item']);
    }
  });

  test('with an item of another version', () => {
    const later = [...answers, { item: 'joints_skin_eyes', value: 'YES' }];
    expect(scored(earlyIbd2, later)).toBe(1);
    expect(refused(earlyIbd1, later)).toEqual(['answers', '6', 'item']);
  });

  test('with an item twice, also when both say the same', () => {
    expect(refused(earlyIbd1, [...answers, first])).toEqual(['answers', '6', 'item']);
  });

  test('without a required one', () => {
    expect(refused(earlyIbd1, others)).toEqual(['answers']);
    expect(refused(earlyIbd1, [])).toEqual(['answers']);
  });

  test('outside of what can be answered', () => {
    const painIs = (value: string) => answers.map((each) => (each.item === 'belly_pain' ? { ...each, value } : each));
    for (const value of ['11', '-1', '1.5', '1e1', '', ' 3', '٣', 'NaN', '99999999999', 'toString']) {
      expect(refused(earlyIbd1, painIs(value))).toEqual(['answers', '2', 'value']);
    }
    expect(refused(earlyIbd1, [{ ...first, value: 'never' }, ...others])).toEqual(['answers', '0', 'value']);
  });

  test('when there are ten thousand of them', () => {
    expect(
      refused(
        earlyIbd1,
        Array.from({ length: 10_000 }, () => first),
      ),
    ).toEqual(['answers']);
  });
});

describe('a published version', () => {
  const sha = (definition: Definition) =>
    createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16);

  test('never changes: results were scored by it', () => {
    expect(
      Object.fromEntries(DEFINITIONS.map((each) => [`${each.code} ${each.version}`, sha(each)])),
    ).toMatchInlineSnapshot(`
{
  "early-ibd 1": "e0f34895060138eb",
  "early-ibd 2": "21666c3a29172005",
  "wellbeing 1": "adfec73083773403",
}
`);
  });

  test('is found again beside newer ones', () => {
    expect(definitionOf('early-ibd', 1)).toBe(earlyIbd1);
    expect(definitionOf('early-ibd')).toBe(earlyIbd2);
    expect(definitionOf('early-ibd', 3)).toBeUndefined();
    expect(definitionOf('early-ibd', null)).toBe(earlyIbd2);
    expect(newestDefinitions()).toEqual([earlyIbd2, wellbeing1]);
    expect(new Set(DEFINITIONS.map(({ code, version }) => `${code} ${version}`)).size).toBe(DEFINITIONS.length);
  });
});
