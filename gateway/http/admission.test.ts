import { expect, test } from '@jest/globals';
import { Admission } from './admission.js';

/** Lets in as many as it takes. */
function fill(admission: Admission): number {
  let entered = 0;
  while (entered < 1_000 && admission.enter()) entered++;
  return entered;
}
const leave = (admission: Admission, count: number) => {
  for (let each = 0; each < count; each++) admission.leave();
};

function at100() {
  const clock = { ms: 0 };
  return { clock, admission: new Admission(100, () => clock.ms) };
}

test('a short rush is let in, up to five times what is worked on at once', () => {
  const { admission } = at100();
  expect(fill(admission)).toBe(500);
  expect(admission.isFull).toBe(true);
  leave(admission, 1);
  expect(fill(admission)).toBe(1);
});

test('when it does not get calm for two seconds, what is too much is refused until it does', () => {
  const { admission, clock } = at100();
  fill(admission);
  clock.ms = 2_001;
  leave(admission, 450);
  expect(fill(admission)).toBe(50);
  leave(admission, 70);
  expect(fill(admission)).toBe(70);
  leave(admission, 80);
  expect(fill(admission)).toBe(480);
});

test('a pause in which nothing came is no reason to refuse what comes after it', () => {
  const { admission, clock } = at100();
  fill(admission);
  leave(admission, 500);
  clock.ms = 60_000;
  expect(fill(admission)).toBe(500);
});
