import { ownedLines } from './owned-query.js';
import { ownershipOf } from './ownership.js';

const OWNERSHIP = ownershipOf(`
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__type(graph: join__Graph!, key: String) repeatable on OBJECT
  directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
  enum join__Graph { SKY @join__graph(name: "sky", url: "") ROCKS @join__graph(name: "rocks", url: "") }
  type Query @join__type(graph: SKY) @join__type(graph: ROCKS) { star(name: ID!): Star @join__field(graph: SKY) }
  type Star @join__type(graph: SKY, key: "id") { id: ID!  planets: [Planet!]! }
  type Planet @join__type(graph: SKY, key: "id") @join__type(graph: ROCKS, key: "id") {
    id: ID!
    name: String! @join__field(graph: SKY)
    crust: Crust! @join__field(graph: ROCKS)
  }
  type Crust @join__type(graph: SKY) @join__type(graph: ROCKS) { metres: Int! }
`);
const shown = (text: string) =>
  ownedLines(text, OWNERSHIP)?.map(({ text, owner = '', isSeam }) => `${owner}${isSeam ? '!' : ''}:${text.trim()}`);

test('each line is of the subgraph that answers it, and a seam where another is asked than before', () => {
  expect(
    shown(`# What is it made of?
query Crusts($name: ID!) {
  star(name: $name) {
    planets {
      id
      crust {
        metres
      }
      ... on Planet {
        name
      }
    }
  }
}
`),
  ).toEqual([
    ':# What is it made of?',
    ':query Crusts($name: ID!) {',
    'sky!:star(name: $name) {',
    'sky:planets {',
    'sky:id',
    'rocks!:crust {',
    'rocks:metres',
    'rocks:}',
    ':... on Planet {',
    'sky!:name',
    ':}',
    'sky:}',
    'sky:}',
    ':}',
  ]);
});

test('an operation of another schema has no owners', () => {
  expect(shown('{ galaxy { id } }')).toBeUndefined();
  expect(shown('{ star(name: "Sun") { planets { moons } } }')).toBeUndefined();
});
