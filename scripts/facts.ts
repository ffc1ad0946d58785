import { readdir } from 'node:fs/promises';

/** Something that is true with a program that is not ours: a browser, a Redis. */
export interface Fact<Subject> {
  readonly fact: string;
  /** @throws when it is not so */
  readonly run: (subject: Subject) => Promise<void>;
}

/**
 * Tries the `FACTS` of each file in a folder, and says on stderr which are not so.
 *
 * @param suffix of the files, built: `.browser.js`
 * @returns how many were true, and how many not
 */
export async function tryFacts<Subject>(
  folder: URL,
  suffix: string,
  subject: Subject,
): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort()) {
    const { FACTS } = (await import(new URL(file, folder).href)) as { FACTS: readonly Fact<Subject>[] };
    const tried = await tryEach(file.replace(suffix, ''), FACTS, subject);
    passed += tried.passed;
    failed += tried.failed;
  }
  return { passed, failed };
}

/** Tries facts one after the other. @param name of what they are about, for those that are not so */
export async function tryEach<Subject>(
  name: string,
  facts: readonly Fact<Subject>[],
  subject: Subject,
): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  for (const { fact, run } of facts) {
    try {
      await run(subject);
      passed++;
    } catch (error) {
      console.error(`✗ ${name}: ${fact}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { passed, failed: facts.length - passed };
}
