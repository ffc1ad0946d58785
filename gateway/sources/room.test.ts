import { expect, test } from '@jest/globals';
import { NoRoom, Room } from './room.js';

/** Works until it is let go. */
function work() {
  let begun = 0;
  const waiting: (() => void)[] = [];
  const run = () => {
    begun++;
    return new Promise<void>((resolve) => waiting.push(resolve));
  };
  const letOneGo = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { run, letOneGo, begun: () => begun };
}

test('so many at once, and as many wait for their turn', async () => {
  const room = new Room(2);
  const { run, letOneGo, begun } = work();
  const all = Promise.all([1, 2, 3, 4].map(() => room.use(run)));
  expect(begun()).toBe(2);
  await letOneGo();
  expect(begun()).toBe(3);
  for (let rest = 0; rest < 3; rest++) await letOneGo();
  await all;
  expect(begun()).toBe(4);
});

test('a rush is worked off; who comes while the queue stands for seconds is refused, until it is short again', async () => {
  let now = 0;
  const room = new Room(2, () => now);
  const { run, letOneGo } = work();
  const rush = Array.from({ length: 10 }, () => room.use(run));
  now = 3_001;
  await expect(room.use(run)).rejects.toThrow(NoRoom);
  for (let done = 0; done < 7; done++) await letOneGo();
  const next = room.use(run);
  for (let rest = 0; rest < 4; rest++) await letOneGo();
  await Promise.all([...rush, next]);
});

test('what fails leaves its place', async () => {
  const room = new Room(1);
  await expect(room.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(room.use(async () => 'yes')).resolves.toBe('yes');
});
