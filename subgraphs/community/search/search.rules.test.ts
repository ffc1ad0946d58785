import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PostKind } from '../post/post.js';
import { LISTED_KINDS, listedKinds, searchWords } from './search.rules.js';

describe('what is looked for', () => {
  test.each([
    ['Gaucher disease', ['Gaucher', 'disease']],
    ['  戈谢病  ', ['戈谢病']],
    ['戈谢病ERT治疗', ['戈谢病', 'ERT', '治疗']],
    ['ＧＢＡ１ 基因', ['GBA1', '基因']],
    ['IL-6, 25mg', ['IL', '25mg']],
    ['病 treatment a', ['treatment']],
    ['100% a_b c\\d 50', ['100', '50']],
    ['naïve café', ['naïve', 'café']],
    ['戈谢，病友', ['戈谢', '病友']],
    ["'; drop table post; --", ['drop', 'table', 'post']],
  ])('of %p are the words %p', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  test('is nothing where nothing is written', () => {
    for (const text of [undefined, null, '', '   ', '\n\t　']) expect(searchWords(text)).toBeNull();
  });

  test('needs a word of two characters', () => {
    for (const text of ['a', '病', '病 a', '%', '_ _', '…。！', 'a b c d', '\u0000\u202e', '\ud800']) {
      expect(() => searchWords(text)).toThrow('two or more');
    }
  });

  test('has at most 100 characters and 10 words', () => {
    expect(searchWords('a'.repeat(100))).toHaveLength(1);
    expect(() => searchWords('a'.repeat(101))).toThrow('at most 100 characters');
    expect(searchWords('ab '.repeat(10))).toHaveLength(10);
    expect(() => searchWords('ab '.repeat(11))).toThrow('at most 10 words');
    // characters of two halves count once
    expect(searchWords(`ab ${'😀'.repeat(97)}`)).toEqual(['ab']);
  });

  test('is, whatever somebody types, refused with a reason or words that mean nothing in a pattern', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        let words: string[] | null;
        try {
          words = searchWords(text);
        } catch (error) {
          expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
          return;
        }
        for (const word of words ?? []) {
          expect([...word].length).toBeGreaterThanOrEqual(2);
          expect(word).not.toMatch(/[%_\\\s]/);
        }
      }),
    );
  });
});

test('listed are stories, questions and articles, each once, and nothing that stands under them', () => {
  expect(listedKinds(null)).toEqual(LISTED_KINDS);
  expect(listedKinds([])).toEqual([]);
  expect(listedKinds([PostKind.STORY, PostKind.STORY])).toEqual([PostKind.STORY]);
  for (const kind of [PostKind.ANSWER, PostKind.COMMENT]) {
    expect(() => listedKinds([PostKind.STORY, kind])).toThrow('STORY, QUESTION and ARTICLE');
  }
});
