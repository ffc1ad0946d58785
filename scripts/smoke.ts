import { parseArgs } from 'node:util';
import { Person } from '../tests/client.js';
import { STORY, Story } from '../tests/story.js';

/** `npm run smoke [-- --url U]`: the story from registration to the reviewed application, through a running server. */
const USAGE = 'Usage: npm run smoke [-- --url http://localhost:4000]';

function url(): string {
  const { values } = parseArgs({ options: { url: { type: 'string' } } });
  const given = values.url ?? `http://localhost:${process.env.PORT || 4000}`;
  if (!URL.canParse(given)) throw new Error(USAGE);
  return new URL(given).origin;
}

/** Does one step and says how long it took. @throws what the step throws, after a cross */
async function tick<T>(fact: string, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const line = (sign: string) => console.log(`${sign} ${fact}  ${Math.round(performance.now() - began)} ms`);
  try {
    const done = await run();
    line('✓');
    return done;
  } catch (error) {
    line('✗');
    throw error;
  }
}

try {
  const server = url();
  const person = (name: string) => Person.named(name, server);
  await person('patient');
  const story = await tick('everybody signs in', () => Story.begin(person, new Person(server)));
  for (const { fact, run } of STORY) await tick(fact, () => run(story));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
