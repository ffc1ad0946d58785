import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { momentWriter } from './calendar.js';

test('a moment is written as Date writes it, whichever was written before it', () => {
  const moments = fc.array(fc.integer({ min: -1_000_000_000_000, max: 4_000_000_000_000 }), { minLength: 1 });
  fc.assert(
    fc.property(moments, fc.array(fc.integer({ min: -1_500, max: 1_500 })), (far, near) => {
      const write = momentWriter();
      for (const moment of far.flatMap((each) => [each, ...near.map((step) => each + step)]))
        expect(write(moment)).toBe(new Date(moment).toISOString());
    }),
  );
});
