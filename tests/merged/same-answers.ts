import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, validate } from 'graphql';
import { DEMO_PARTNERS, DEMO_PEOPLE, scopesOf } from '../../gateway/identity/demo-people.js';
import { PROJECT_ROOT } from '../../subgraphs/common/files.js';
import { ANONYMOUS, type Identity } from '../../subgraphs/common/identity.js';
import { Locale } from '../../subgraphs/common/scalars.js';
import type { ApiUnderTest } from '../api.js';
import type { Answer, Person } from '../client.js';
import { Dice } from './dice.js';
import { discoveryQueries } from './discovery.js';
import { KnownValues } from './known-values.js';
import { MergedApi } from './merged-api.js';
import type { Failed, MergedSchema, Outcome } from './merged-schema.js';
import { type Ground, QueryGenerator, type Question } from './query-generator.js';
import { simplest } from './simplest.js';

/** One who asks, both ways. */
interface Asker {
  readonly name: string;
  readonly identity: Identity;
  readonly person: Person;
  readonly schema: MergedSchema;
  readonly generator: QueryGenerator;
  readonly known: KnownValues;
}

/** A query that is not answered alike. */
export interface Difference extends Question {
  readonly asker: string;
  readonly locale: Locale;
  readonly federated: Outcome;
  readonly merged: Outcome;
}

/** What has been asked so far. */
export interface Progress {
  asked: number;
  /** Of those, how many the limits of the door refused, so that there is nothing to compare. */
  refused: number;
  /** Objects, lists and values in the answers that were the same. */
  values: number;
  /** Errors in them. */
  errors: number;
  /** Answers whose keys stood in another order: that is not promised. */
  reordered: number;
  readonly differences: Difference[];
}

const sdlOf = (file: string): string => readFileSync(join(PROJECT_ROOT, 'schema', file), 'utf8');

/** Asks generated queries of the federated API and of one merged schema over the same data. */
export class SameAnswers {
  readonly progress: Progress = { asked: 0, refused: 0, values: 0, errors: 0, reordered: 0, differences: [] };

  private constructor(
    private readonly merged: MergedApi,
    private readonly askers: readonly Asker[],
    private readonly dice: Dice,
  ) {}

  /** @param seed the same seed asks the same of the same data */
  static async open(api: ApiUnderTest, seed: number): Promise<SameAnswers> {
    const merged = await MergedApi.open(api.adminUrl, api.keysDir);
    const dice = new Dice(seed);
    const everybody = new KnownValues();
    const schemas = { people: merged.schema(sdlOf('api.graphql')), partners: merged.schema(sdlOf('partner.graphql')) };
    const asker = async (name: string, identity: Identity, person: Person, schema: MergedSchema): Promise<Asker> => {
      const known = new KnownValues(everybody);
      const ground: Ground = {
        schema: schema.schema,
        mayRead: (parent, field) => schema.permits(parent, field, identity),
        // a caregiver's own reading is an entry of it, so that who asks twice gets two answers
        leavesOut: ({ name }) => name === 'accessLog' && !identity.roles.includes('PATIENT'),
        joints: schema.joints,
        known,
        dice,
      };
      const caller = { identity, locale: Locale.EN, trace: '' };
      for (const query of discoveryQueries(ground)) known.learn((await merged.answer(schema, caller, query, {})).data);
      return { name, identity, person, schema, known, generator: new QueryGenerator(ground) };
    };
    const askers = [await asker('anybody', ANONYMOUS, api.anyone, schemas.people)];
    for (const { name, subject, roles } of DEMO_PEOPLE) {
      const identity = { subject, roles, scopes: scopesOf(roles) };
      askers.push(await asker(name, identity, await api.person(name), schemas.people));
    }
    for (const { name, subject, roles, organisation } of DEMO_PARTNERS) {
      const identity = { subject, roles, scopes: scopesOf(roles), organisation };
      askers.push(await asker(name, identity, await api.person(name), schemas.partners));
    }
    return new SameAnswers(merged, askers, dice);
  }

  /** Asks so many more queries, in turns by all who can ask. */
  async ask(queries: number): Promise<void> {
    for (let i = 0; i < queries; i++) {
      const asker = this.askers[this.progress.asked % this.askers.length] as Asker;
      await this.askOne(asker, asker.generator.next(), this.dice.percent(50) ? Locale.EN : Locale.ZH);
    }
  }

  /** One question of somebody, answered both ways. @throws when the door refuses it */
  async answersTo(
    name: string,
    question: Question,
  ): Promise<{ readonly federated: Outcome; readonly merged: Outcome }> {
    const asker = this.askers.find((each) => each.name === name);
    if (!asker) throw new Error(`Nobody here is called ${name}`);
    const federated = await this.federated(asker, question, Locale.EN);
    if (!federated) throw new Error('The door has refused it');
    return { federated, merged: await this.mergedAnswer(asker, question, Locale.EN) };
  }

  private async askOne(asker: Asker, question: Question, locale: Locale): Promise<void> {
    const { progress } = this;
    const federated = await this.federated(asker, question, locale);
    progress.asked++;
    if (!federated) {
      progress.refused++;
      return;
    }
    const merged = await this.mergedAnswer(asker, question, locale);
    if (same(federated, merged)) {
      asker.known.learn(federated.data);
      progress.values += sizeOf(federated.data);
      progress.errors += federated.errors.length;
      if (JSON.stringify(federated.data) !== JSON.stringify(merged.data)) progress.reordered++;
      return;
    }
    const differs = async (candidate: Question): Promise<boolean> => {
      const answer = await this.federated(asker, candidate, locale);
      return answer !== undefined && !same(answer, await this.mergedAnswer(asker, candidate, locale));
    };
    const isValid = (query: string) => validate(asker.schema.schema, parse(query)).length === 0;
    const least = await simplest(question, isValid, differs);
    progress.differences.push({
      ...least,
      asker: asker.name,
      locale,
      federated: (await this.federated(asker, least, locale)) ?? federated,
      merged: await this.mergedAnswer(asker, least, locale),
    });
  }

  /** Undefined when the door has refused it. */
  private async federated(asker: Asker, { query, variables }: Question, locale: Locale): Promise<Outcome | undefined> {
    const answer = await asker.person.ask(query, variables, { 'accept-language': locale.toLowerCase() });
    if (answer.status === 400 && LIMITS.test(answer.errors[0]?.message ?? '')) return undefined;
    return outcomeOf(answer);
  }

  private async mergedAnswer(
    { schema, identity }: Asker,
    { query, variables }: Question,
    locale: Locale,
  ): Promise<Outcome> {
    const outcome = await this.merged.answer(schema, { identity, locale, trace: '' }, query, variables);
    // as it would travel
    return JSON.parse(JSON.stringify(outcome)) as Outcome;
  }

  /** How many fields of the API have been reached, and how many there are below queries. */
  get coverage(): { readonly reached: number; readonly fields: number } {
    const { reached, fields } = (this.askers[0] as Asker).schema;
    return { reached: reached.size, fields };
  }

  async close(): Promise<void> {
    await this.merged.close();
  }
}

/** What the door says of a query that is larger than it takes. */
const LIMITS = /^(This operation may cost|The (operation|document) (has|goes|selects|asks) )/;

/** Of fields that a caller may not read so many are named one by one, and of the others how many they are. */
const MORE = /^(\d+) more fields of this answer were withheld/;

const outcomeOf = ({ data, errors, status }: Answer): Outcome => ({
  data: data ?? null,
  errors: errors.map(({ path = [], extensions: { code }, message }) => {
    const more = MORE.exec(message)?.[1];
    return { path, code: status === 200 ? code : `${status} ${code}: ${message}`, ...(more && { more: Number(more) }) };
  }),
});

/** Whether a place is below something that is null: what failed there too depends on what failed first. */
function isBelowNull(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const key of path) {
    if (value === null || value === undefined) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return false;
}

/**
 * Data deeply, errors by path and code. Three things are not promised, and so not compared: the order of keys; errors below a null;
 * and every place of an entity that stands at several, whose error the gateway tells at the first.
 */
export function same(federated: Outcome, merged: Outcome): boolean {
  if (!isDeepStrictEqual(federated.data, merged.data)) return false;
  const shown = (errors: Outcome['errors']) => errors.filter(({ path }) => !isBelowNull(merged.data, path));
  const places = new Set(shown(merged.errors).map(placeOf));
  const named = shown(federated.errors.filter(({ more }) => more === undefined));
  if (!named.every((error) => places.has(placeOf(error)))) return false;
  const isWhole = federated.errors.every(({ more }) => more === undefined);
  const told = new Set(named.map(kindOf));
  return !isWhole || shown(merged.errors).every((error) => told.has(kindOf(error)));
}

const placeOf = ({ code, path }: Failed): string => `${code} ${path.join('.')}`;
/** The same field under the same name, wherever it stands in lists. */
const kindOf = ({ code, path }: Failed): string => `${code} ${path.at(-1)}`;

/** How many values there are in one. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + sizeOf(item), 1);
}
