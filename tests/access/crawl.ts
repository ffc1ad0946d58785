import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Answer, Person } from '../client.js';

type Fielded = GraphQLObjectType | GraphQLInterfaceType;

/** A way from the root to objects of a type; each step may go to one of the types behind an interface or union. */
type Way = readonly { readonly call: string; readonly on?: string }[];

/** What somebody asked for a field got. */
export interface Outcome {
  readonly coordinate: string;
  readonly outcome: 'ANSWERED' | 'DENIED' | 'TOLD THOUGH DENIED' | 'NO ERROR THOUGH DENIED' | `REFUSED: ${string}`;
}

const DENIALS = ['FORBIDDEN', 'UNAUTHENTICATED'];
const WITHHELD = /^(\d+) more fields/;
/** Places at which the same field is tried until something comes out that leads on. */
const MOST_WAYS = 5;
// the gateway lets through no operation with more than 50 fields at its top
const FIELDS_AT_ONCE = 40;
const DENIALS_AT_ONCE = 25;

/**
 * Asks for every field of every type that somebody can come to, from the root on: for what they may see, at the objects found
 * so far; for what they may not, at the same objects, in three forms each.
 */
export class Crawl {
  readonly outcomes: Outcome[] = [];
  private readonly ways = new Map<string, number>();
  private readonly productive = new Set<string>();
  private readonly answered = new Set<string>();
  private readonly triedDenied = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly person: Person,
    private readonly mayAsk: (coordinate: string) => boolean,
    /** What is filled in where something must be, by coordinate: `(id: "…")`. Undefined: nothing is known to fill in. */
    private readonly filled: (coordinate: string) => string | undefined,
  ) {}

  async run(): Promise<void> {
    let found: [Fielded, Way][] = [[this.schema.getQueryType() as Fielded, []]];
    const mutation = this.schema.getMutationType();
    if (mutation) await this.denied([[mutation, []]], 'mutation');
    while (found.length > 0) {
      const here = found.filter(([type]) => this.worthwhile(type));
      found = await this.allowed(here);
      await this.denied(here, 'query');
    }
  }

  private worthwhile(type: Fielded): boolean {
    const tried = this.ways.get(type.name) ?? 0;
    this.ways.set(type.name, tried + 1);
    return tried < MOST_WAYS && this.fields(type, true).some((field) => !this.isSettled(type, field));
  }

  /** What leads on is asked for until it has. */
  private isSettled(type: Fielded, field: GraphQLField<unknown, unknown>): boolean {
    const coordinate = `${type.name}.${field.name}`;
    return isLeafType(getNamedType(field.type)) ? this.answered.has(coordinate) : this.productive.has(coordinate);
  }

  private fields(type: Fielded, allowed: boolean): GraphQLField<unknown, unknown>[] {
    return Object.values(type.getFields()).filter(({ name }) => this.mayAsk(`${type.name}.${name}`) === allowed);
  }

  private call(type: Fielded, { name, args }: GraphQLField<unknown, unknown>): string | undefined {
    const filled = this.filled(`${type.name}.${name}`);
    if (filled !== undefined) return `${name}${filled}`;
    if (args.some(isRequiredArgument)) return undefined;
    return args.some((arg) => arg.name === 'first') ? `${name}(first: 3)` : name;
  }

  private async allowed(here: readonly [Fielded, Way][]): Promise<[Fielded, Way][]> {
    const asked = here.flatMap(([type, way]) =>
      this.fields(type, true).flatMap((field) => {
        const call = this.isSettled(type, field) ? undefined : this.call(type, field);
        return call === undefined ? [] : [{ type, way, field, call }];
      }),
    );
    const found: [Fielded, Way][] = [];
    for (const some of parts(asked, FIELDS_AT_ONCE)) {
      // a field that may not be null takes with it what stands beside it: each goes its own way from the root
      const byWay = new Map<Way, typeof asked>();
      for (const each of some) byWay.set(each.way, [...(byWay.get(each.way) ?? []), each]);
      const texts = [...byWay].map(([way, fields], w) =>
        along(
          way,
          `w${w}_`,
          fields
            .map(
              ({ field, call }, f) => `f${f}: ${call}${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'}`,
            )
            .join(' '),
        ),
      );
      const answer = await this.person.ask(`{ ${texts.join(' ')} }`);
      for (const [w, [way, fields]] of [...byWay].entries()) {
        for (const [f, { type, field, call }] of fields.entries()) {
          const coordinate = `${type.name}.${field.name}`;
          const objects = [...objectsAt(answer.data, way, `w${w}_`)];
          const key = way.length === 0 ? `w${w}_f${f}` : `f${f}`;
          if (objects.length > 0) this.answered.add(coordinate);
          if (answer.data && objects.length > 0)
            this.outcomes.push({ coordinate, outcome: this.judged(answer, w, way, key) });
          if (!answer.data) this.outcomes.push({ coordinate, outcome: refusal(answer.errors) });
          for (const of of typesOf(objects.map((object) => object[key]))) {
            this.productive.add(coordinate);
            const declared = getNamedType(field.type);
            const concrete = this.schema.getType(of) as Fielded;
            found.push([concrete, [...way, { call, ...(declared !== concrete && { on: of }) }]]);
            if (isInterfaceType(declared)) found.push([declared, [...way, { call }]]);
          }
        }
      }
    }
    return found;
  }

  private judged({ errors }: Answer, w: number, way: Way, key: string): Outcome['outcome'] {
    const denied = errors.find(
      ({ path, extensions }) =>
        DENIALS.includes(extensions.code) &&
        (way.length === 0 ? path?.[0] === key : path?.[0] === `w${w}_s` && path.at(-1) === key),
    );
    return denied ? `REFUSED: ${denied.message}` : 'ANSWERED';
  }

  private async denied(here: readonly [Fielded, Way][], kind: 'query' | 'mutation'): Promise<void> {
    const asked = here.flatMap(([type, way]) =>
      this.fields(type, false).flatMap((field) => {
        const coordinate = `${type.name}.${field.name}`;
        const call = this.call(type, field);
        if (call === undefined || this.triedDenied.has(coordinate)) return [];
        this.triedDenied.add(coordinate);
        return [{ type, way, field, call, coordinate }];
      }),
    );
    for (const some of parts(asked, DENIALS_AT_ONCE)) {
      const texts = some.map(({ type, way, field, call }, w) => {
        const below = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
        const forms = [`a: ${call}${below}`, `... on ${type.name} { b: ${call}${below} }`, `...F${w}`];
        return {
          text: way.length === 0 ? `...F${w}` : along(way, `w${w}_`, forms.join(' ')),
          fragment: `fragment F${w} on ${type.name} { ${way.length === 0 ? `w${w}_a` : 'c'}: ${call}${below} }`,
        };
      });
      const { data, errors } = await this.person.ask(
        `${kind} { ${texts.map(({ text }) => text).join(' ')} } ${texts.map(({ fragment }) => fragment).join(' ')}`,
      );
      const denials = errors.filter(
        ({ path, extensions, message }) => (path || WITHHELD.test(message)) && DENIALS.includes(extensions.code),
      );
      const more = denials.reduce((sum, { message }) => sum + Number(WITHHELD.exec(message)?.[1] ?? 0), 0);
      const listed = new Set(denials.map(({ path }) => String(path?.[0]).split('_')[0]));
      for (const [w, { way, coordinate }] of some.entries()) {
        const objects = [...objectsAt(data, way, `w${w}_`)];
        const keys = way.length === 0 ? [`w${w}_a`] : ['a', 'b', 'c'];
        const told = objects.some((object) => keys.some((key) => object[key] !== null && object[key] !== undefined));
        const denied = listed.has(`w${w}`) || more > 0 ? 'DENIED' : 'NO ERROR THOUGH DENIED';
        const outcome = told ? 'TOLD THOUGH DENIED' : data === undefined ? refusal(errors) : denied;
        this.outcomes.push({ coordinate, outcome });
      }
    }
  }
}

const refusal = (errors: Answer['errors']): Outcome['outcome'] => `REFUSED: ${errors[0]?.message}`;

type Found = Readonly<Record<string, unknown>>;

const parts = <T>(of: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(of.length / size) }, (_, index) => of.slice(index * size, (index + 1) * size));

/** A selection at the end of a way, which begins under a name of its own. */
function along(way: Way, prefix: string, selection: string): string {
  if (way.length === 0) return selection.replace(/(^| )(f\d+): /g, `$1${prefix}$2: `);
  return way.reduceRight(
    (inner, { call, on }, index) =>
      `${index === 0 ? `${prefix}s` : 's'}: ${call} { __typename ${on ? `... on ${on} { ${inner} }` : inner} }`,
    selection,
  );
}

/** The objects at the end of a way: of the type that the last step goes to, where it says one. */
function* objectsAt(data: unknown, way: Way, prefix: string): Iterable<Found> {
  if (typeof data !== 'object' || data === null) return;
  if (Array.isArray(data)) {
    for (const each of data) yield* objectsAt(each, way, prefix);
    return;
  }
  const [step, ...rest] = way;
  if (!step) {
    yield data as Found;
    return;
  }
  const below = (data as Found)[prefix ? `${prefix}s` : 's'];
  for (const each of [below].flat(3) as (Found | null)[]) {
    if (each && (step.on === undefined || each.__typename === step.on)) yield* objectsAt(each, rest, '');
  }
}

/** The names of the types of all objects among some values. */
function typesOf(values: readonly unknown[]): Set<string> {
  const names = (values.flat(3) as (Found | null | undefined)[]).map((value) => value?.__typename);
  return new Set(names.filter((name): name is string => typeof name === 'string'));
}

export const isFielded = (type: GraphQLNamedType): type is Fielded => isObjectType(type) || isInterfaceType(type);
