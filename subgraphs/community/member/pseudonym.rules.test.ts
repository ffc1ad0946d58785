import { InvalidInput } from '../../common/errors.js';
import { checkPseudonym, inventPseudonym } from './pseudonym.rules.js';

describe('a chosen pseudonym', () => {
  test.each([
    ['  Quiet   River ', 'Quiet River'],
    ['小河', '小河'],
    ['Ｒｉｖｅｒ', 'River'],
    ["Jo-Ann O'Neil_2.0", "Jo-Ann O'Neil_2.0"],
    ['x'.repeat(30), 'x'.repeat(30)],
  ])('%j is kept as %j', (chosen, kept) => {
    expect(checkPseudonym(chosen)).toBe(kept);
  });

  test.each([
    ['a'],
    [' a '],
    [''],
    ['x'.repeat(31)],
    ['12345'],
    ['-river'],
    ['river\n2'],
    ['river\u202E'],
    ['ri\u200Bver'],
    ['<b>river'],
    ['river\0'],
  ])('%j is refused', (chosen) => {
    expect(() => checkPseudonym(chosen)).toThrow(InvalidInput);
  });
});

describe('an invented pseudonym', () => {
  test('has two words and a number, and could have been chosen', () => {
    for (const part of [0, 0.5, 0.999999]) {
      for (const attempt of [0, 5]) {
        const made = inventPseudonym(attempt, (limit) => Math.floor(part * limit));
        expect(made).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+ \d{2,8}$/);
        expect(checkPseudonym(made)).toBe(made);
      }
    }
  });
});
