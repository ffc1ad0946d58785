import fc from 'fast-check';
import { plays } from './operations.js';
import { Player } from './play.js';
import { STREAMS, type World } from './world.js';

/**
 * Plays sequences, some at the same time, each on a fund of its own; `Player` says what must hold after each.
 *
 * @param sequences how many in all
 * @param longest at most so many operations a sequence, besides those that lead the way
 * @param seed the same seed plays the same sequences
 * @returns how many requests were sent
 * @throws with the shortest sequence that was found after which something does not hold
 */
export async function playSequences(world: World, sequences: number, longest: number, seed: number): Promise<number> {
  let sent = 0;
  const stream = (_: unknown, index: number) =>
    fc.assert(
      fc.asyncProperty(plays(longest), async (play) => {
        sent += await Player.play(world, play);
      }),
      { seed: seed + index, numRuns: Math.ceil(sequences / STREAMS), includeErrorInReport: true },
    );
  await Promise.all(Array.from({ length: STREAMS }, stream));
  return sent;
}
