import { type Attack, type AttackClass, holds, refused } from './attack.js';
import { CLIENT, type Target } from './target.js';

const ask = (target: Target, query: string, variables: unknown = {}, headers: Record<string, string> = CLIENT) =>
  target.send(new URL('/graphql', target.productionUrl).href, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });

/** Names of our schema that the client has not written. */
const NAMES =
  /\b(Query|Mutation|Disease|Patient|Application|nameEn|catalogNo|applications|[A-Z]\w+Input|ApplicationFilter|PostOrder|NEWEST|MOST_HELPFUL)\b/;

/** Refused, and no name of the schema is told but those in the question. */
const probe = (name: string, query: string, variables: unknown = {}): Attack => ({
  name,
  run: async (target) => {
    const reply = await ask(target, query, variables);
    refused(reply, { status: 400, code: 'BAD_USER_INPUT' });
    const told = (reply.body.errors ?? []).map(({ message }) => message).join(' ');
    const asked = query + JSON.stringify(variables);
    const names = told.match(new RegExp(NAMES, 'g'))?.filter((each) => !asked.includes(each)) ?? [];
    holds(names.length === 0, `tells ${names.join()}`);
    holds(!/did you mean/i.test(told), 'suggests names');
  },
});

export const production: AttackClass = {
  name: 'Production: what is told of the schema',
  attacks: [
    probe('the whole schema', '{ __schema { types { name } } }'),
    probe('one type', '{ __type(name: "Patient") { name } }'),
    probe('a field with a typing error', '{ diseas { id } }'),
    probe('a field of a type with a typing error', '{ disease(catalogNo: 31) { nameE } }'),
    probe('an argument with a typing error', '{ disease(catalog: 31) { id } }'),
    probe('a selection that is missing', '{ disease(catalogNo: 31) }'),
    probe('a fragment on a type with a typing error', '{ disease(catalogNo: 31) { ... on Diseas { id } } }'),
    probe('a fragment on a type that cannot be there', '{ disease(catalogNo: 31) { ... on Fund { id } } }'),
    probe('a value of the wrong kind', '{ disease(catalogNo: "x") { id } }'),
    probe('an enum value with a typing error', '{ posts(order: NEWES) { totalCount } }'),
    probe('an input with a field that there is not', '{ applications(filter: { x: 1 }) { totalCount } }'),
    probe('an input of the wrong kind, as a variable', 'query($x: Int!) { disease(catalogNo: $x) { id } }', { x: 'a' }),
    probe('a variable of a type with a typing error', 'query($x: Diseas) { __typename }', { x: 1 }),
    probe('a mutation without its input', 'mutation { submitApplication { __typename } }'),
    {
      name: 'a client that does not say who it is',
      run: async (target) =>
        refused(await ask(target, '{ disease(catalogNo: 31) { id } }', {}, {}), {
          status: 400,
          code: 'BAD_USER_INPUT',
        }),
    },
    {
      name: 'a browser that looks for the explorer',
      run: async (target) => {
        const { text } = await target.send(new URL('/graphql', target.productionUrl).href, {
          headers: { accept: 'text/html' },
        });
        holds(!/sandbox|<script/i.test(text), 'the explorer is served');
      },
    },
  ],
};
