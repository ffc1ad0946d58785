import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { READ_PURPOSES } from '../../common/access-log.js';
import { AccessPurpose } from './access-log.js';
import { newest } from './access-log.rules.js';

const entry = fc.record({ id: fc.uuid({ version: 7 }), from: fc.constantFrom('patient', 'fund', 'pharmacy') });
const newestFirst = (entries: readonly { id: string }[]) =>
  [...entries].sort((one, other) => (one.id < other.id ? 1 : -1));

test('the purposes that the API knows are those that are stored', () => {
  expect(Object.values(AccessPurpose)).toEqual(READ_PURPOSES);
});

describe('logs that are put together', () => {
  test('are all of their entries, each once, newest first, and cut', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 60 }),
        fc.integer({ min: 0, max: 70 }),
        (entries, most) => {
          const lists = ['patient', 'fund', 'pharmacy'].map((name) =>
            newestFirst(entries.filter(({ from }) => from === name)),
          );
          expect(newest(lists, most)).toEqual(newestFirst(entries).slice(0, most));
        },
      ),
    );
  });

  test('are read page by page without a gap or an entry twice, each log no further than a page needs', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (entries, first) => {
          const read: { id: string }[] = [];
          for (let before: string | undefined, more = true; more; before = read.at(-1)?.id) {
            const lists = ['patient', 'fund', 'pharmacy'].map((name) =>
              newestFirst(entries.filter(({ id, from }) => from === name && (!before || id < before))).slice(
                0,
                first + 1,
              ),
            );
            const rows = newest(lists, first + 1);
            more = rows.length > first;
            read.push(...rows.slice(0, first));
          }
          expect(read).toEqual(newestFirst(entries));
        },
      ),
    );
  });
});
