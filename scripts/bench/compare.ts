import { isDeepStrictEqual } from 'node:util';
import { request } from 'undici';
import type { Variant } from './variants.js';

interface Answer {
  readonly data: unknown;
  /** Of the body. */
  readonly bytes: number;
}

/** What a variant answers to one of its calls. @throws when it is an error or there is no such application */
async function answerOf({ letter, origin, path, calls }: Variant, index: number): Promise<Answer> {
  const { headers, body } = calls[index] as Variant['calls'][number];
  const response = await request(origin + path, { method: 'POST', headers, body });
  const text = await response.body.text();
  const answer = JSON.parse(text) as { data?: { application?: unknown }; errors?: unknown };
  if (response.statusCode !== 200 || answer.errors || !answer.data?.application) {
    throw new Error(`(${letter}) does not answer: ${text.slice(0, 1_000)}`);
  }
  return { data: answer.data, bytes: Buffer.byteLength(text) };
}

/** @throws where two variants answer the same caller differently: nothing is normalised, only the order of keys is free */
export async function requireSameAnswers(variants: readonly Variant[], count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const answers = await Promise.all(variants.map((variant) => answerOf(variant, index)));
    for (const [place, { data }] of answers.entries()) {
      if (isDeepStrictEqual(data, answers[0]?.data)) continue;
      const where = difference(answers[0]?.data, data, 'data');
      throw new Error(`(${variants[0]?.letter}) and (${variants[place]?.letter}) answer caller ${index} with ${where}`);
    }
  }
}

/** The first place in which two answers differ. */
function difference(one: unknown, other: unknown, path: string): string {
  if (typeof one === 'object' && typeof other === 'object' && one && other) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const [first, second] = [one, other].map((each) => (each as Record<string, unknown>)[key]);
      if (!isDeepStrictEqual(first, second)) return difference(first, second, `${path}.${key}`);
    }
  }
  return `${path} = ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
}

/** What the first calls take, on average, sent one after the other. */
export async function perCall(variant: Variant, count: number): Promise<{ statements: number; bytes: number }> {
  const before = await statementsSent(variant);
  let bytes = 0;
  for (let index = 0; index < count; index++) bytes += (await answerOf(variant, index)).bytes;
  return { statements: ((await statementsSent(variant)) - before) / count, bytes: bytes / count };
}

async function statementsSent({ metrics }: Variant): Promise<number> {
  const texts = await Promise.all(metrics.map(async (url) => (await request(url)).body.text()));
  const counts = texts.flatMap((text) => [...text.matchAll(/^sql_statements_total\{[^}]*\} (\d+)/gm)]);
  return counts.reduce((sum, [, value]) => sum + Number(value), 0);
}
