import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { readSupergraphs } from '../supergraphs.js';
import { layOut } from './browser/map-layout.js';
import { search, titleOf } from './browser/map-search.js';
import { usesOf } from './browser/map-uses.js';
import { contributions, type Ownership, ownershipOf } from './ownership.js';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable", "@override", "@interfaceObject", "@inaccessible"])`;

/** Of somebody else's subgraphs, by name. */
function composed(subgraphs: Readonly<Record<string, string>>): Ownership {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, typeDefs]) => ({ name, typeDefs: parse(`${LINK}\n${typeDefs}`) })),
  );
  if (supergraphSdl === undefined) throw errors?.[0];
  return ownershipOf(supergraphSdl);
}

const typeOf = ({ types }: Ownership, name: string) => types.find((type) => type.name === name);
const ownersOf = (ownership: Ownership, name: string) =>
  Object.fromEntries(typeOf(ownership, name)?.fields.map((field) => [field.name, field.owners]) ?? []);

describe('ownership in any supergraph', () => {
  const ships = composed({
    'Star Ships': `
      type Query { ships: [Ship!]! far: Port secret: Hidden @inaccessible }
      interface Weighed { tons: Int! }
      type Ship implements Weighed @key(fields: "id") {
        id: ID! name: String! crew: Int! tons: Int! at: Stop price: Price home: Int owner: String }
      type Stop { port: Port! since: String }
      type Price @shareable { amount: String! }
      interface Vessel @key(fields: "id") { id: ID! mast: Int }
      type Boat implements Vessel @key(fields: "id") { id: ID! mast: Int }
      type Port @key(fields: "code", resolvable: false) { code: ID! }
      type Hidden @inaccessible { id: ID! }
      union Thing = Ship | Hidden
      enum Colour { RED BLUE @inaccessible }`,
    ports: `
      type Query { ports: PortPage! sailed(ship: ID!): Sailed! }
      type PortPage { edges: [PortEdge!]! pageInfo: Int }
      type PortEdge { cursor: String node: Port! }
      type Port @key(fields: "code") { code: ID! name: String! price: Price }
      type Price @shareable { amount: String! }
      type Ship @key(fields: "id") { id: ID! tons: Int! @override(from: "Star Ships") crew: Int! @external
        berths: PortPage fee: Price @requires(fields: "crew") }
      type Vessel @key(fields: "id") @interfaceObject { id: ID! flag: String }
      interface Trouble { code: String! message: String! }
      type Aground implements Trouble { code: String! message: String! id: ID! }
      union Sailed = Ship | Aground`,
  });

  test('an entity belongs to the subgraph that answers most of it, whatever the subgraphs are called', () => {
    expect(ships.subgraphs).toEqual(['Star Ships', 'ports']);
    expect(typeOf(ships, 'Ship')).toMatchObject({ kind: 'entity', owner: 'Star Ships', keys: ['id'] });
    expect(typeOf(ships, 'Port')).toMatchObject({ kind: 'entity', owner: 'ports', keys: ['code'] });
  });

  test('each field says who answers it; what is overridden or needed from elsewhere is not answered there', () => {
    expect(ownersOf(ships, 'Ship')).toEqual({
      id: ['Star Ships', 'ports'],
      ...{ name: ['Star Ships'], crew: ['Star Ships'], at: ['Star Ships'], price: ['Star Ships'] },
      ...{ home: ['Star Ships'], owner: ['Star Ships'] },
      ...{ tons: ['ports'], berths: ['ports'], fee: ['ports'] },
    });
    expect(contributions(ships, 'ports').map(({ field }) => field.name)).toEqual(['flag', 'tons', 'berths', 'fee']);
  });

  test('a field of an interface object is answered by who added it', () => {
    expect(ownersOf(ships, 'Boat')).toEqual({ id: ['Star Ships'], mast: ['Star Ships'], flag: ['ports'] });
  });

  test('what several subgraphs define alike is nobody’s', () => {
    expect(typeOf(ships, 'Price')).toMatchObject({ kind: 'value', subgraphs: ['Star Ships', 'ports'] });
    expect(typeOf(ships, 'Price')).not.toHaveProperty('owner');
  });

  test('pages, failures and unions are known by their form', () => {
    const kinds = Object.fromEntries(ships.types.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject({ PortPage: 'page', PortEdge: 'page', Aground: 'failure', Trouble: 'interface' });
    expect(kinds).toMatchObject({ Query: 'root', Sailed: 'union', Stop: 'value', Colour: 'enum' });
  });

  test('what clients cannot see, and the language of supergraphs, are left out', () => {
    expect(typeOf(ships, 'Hidden')).toBeUndefined();
    expect(Object.keys(ownersOf(ships, 'Query'))).not.toContain('secret');
    expect(Object.keys(ownersOf(ships, 'Colour'))).toEqual(['RED']);
    expect(typeOf(ships, 'Thing')?.members).toEqual(['Ship']);
    expect(ships.types.filter(({ name }) => name.includes('__'))).toEqual([]);
  });

  test('links go through values and pages, and say where they cross', () => {
    expect(ships.links).toEqual([
      { from: 'Ship', field: 'at.port', to: 'Port', by: 'Star Ships', crosses: true },
      { from: 'Ship', field: 'berths', to: 'Port', by: 'ports', crosses: true },
    ]);
  });

  test('a type is met where its pages and unions are answered', () => {
    expect(usesOf(ships.types, 'Port').map(titleOf)).toEqual(['Query.far', 'Query.ports', 'Ship.berths', 'Stop.port']);
    expect(usesOf(ships.types, 'Aground').map(titleOf)).toEqual(['Query.sailed']);
  });
});

describe('ownership in our supergraph', () => {
  const ours = ownershipOf(readSupergraphs().api);

  test('the pharmacy adds orders to applications of the fund, which is a seam', () => {
    expect(typeOf(ours, 'Application')?.owner).toBe('fund');
    expect(typeOf(ours, 'Patient')?.owner).toBe('patient');
    expect(contributions(ours, 'pharmacy').map(titleOf)).toContain('Application.drugOrders');
    expect(ours.links).toContainEqual({
      ...{ from: 'Application', field: 'drugOrders', to: 'DrugOrder', by: 'pharmacy' },
      crosses: true,
    });
  });

  test('every field is somebody’s, and every entity has one owner', () => {
    const nobodys = ours.types.flatMap((type) => type.fields.map((field) => ({ type, field })));
    expect(nobodys.filter(({ field }) => field.owners.length === 0).map(titleOf)).toEqual([]);
    expect(ours.types.filter(({ kind, owner }) => kind === 'entity' && owner === undefined)).toEqual([]);
  });

  test('a search finds exact names first, fields by their path, and failures', () => {
    const best = (text: string) => search(ours.types, text).found.map(titleOf);
    expect(best('drugorder')[0]).toBe('DrugOrder');
    expect(best('post')[0]).toBe('Post');
    expect(best('Application.drug')[0]).toBe('Application.drugOrders');
    expect(best('staleversion')[0]).toBe('StaleVersion');
    expect(search(ours.types, 'no such thing')).toEqual({ found: [], all: 0 });
  });

  const lands = ours.subgraphs.map((name) => ({
    name,
    places: ours.types.filter(({ kind, owner }) => kind === 'entity' && owner === name).map((type) => type.name),
  }));
  const roads = ours.links.map(({ from, to }) => [from, to] as const);

  test.each([350, 840, 1500])('on a map %d px wide each place lies in its territory and on no other', (width) => {
    const layout = layOut(lands, roads, { width, height: 750 });
    for (const { name, places } of lands) {
      const { x = 0, y = 0, width: across = 0, height = 0 } = layout.lands.get(name) ?? {};
      expect([x >= 0, x + across <= width + 0.01, y >= 0, y + height <= layout.height + 0.01]).not.toContain(false);
      for (const place of places) {
        const spot = layout.spots.get(place) ?? { x: -1, y: -1 };
        expect(spot.x > x && spot.x < x + across && spot.y > y && spot.y < y + height).toBe(true);
      }
    }
    const spots = [...layout.spots.values()];
    expect(spots).toHaveLength(lands.flatMap(({ places }) => places).length);
    const nearest = spots.flatMap((a, i) => spots.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
    expect(Math.min(...nearest)).toBeGreaterThan(60);
    expect(layOut(lands, roads, { width, height: 750 })).toEqual(layout);
  });
});
