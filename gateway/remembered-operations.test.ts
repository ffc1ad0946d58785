import { composeServices } from '@apollo/composition';
import { ApolloGateway, LocalGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { rememberOperations } from './remembered-operations.js';

test('the gateway builds its form of an operation once a text, and shapes every answer by its own variables', async () => {
  const typeDefs = parse('type Query { ask(what: String): Answer } type Answer { what: String, length: Int }');
  const ask = (_: unknown, { what }: { what: string }) => ({ what, length: what.length });
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { Query: { ask } } }]);
  const { supergraphSdl } = composeServices([{ name: 'only', url: 'http://localhost', typeDefs }]);
  const gateway = new ApolloGateway({
    supergraphSdl: supergraphSdl as string,
    buildService: () => new LocalGraphQLDataSource(schema),
  });
  const built = rememberOperations();
  const server = new ApolloServer({ gateway });
  await server.start();
  const query = 'query($what: String, $more: Boolean!) { ask(what: $what) { what length @include(if: $more) } }';
  const run = async (what: string, more: boolean) => {
    const { body } = await server.executeOperation({ query, variables: { what, more } });
    return body.kind === 'single' ? body.singleResult.data : null;
  };

  expect(await run('a', true)).toEqual({ ask: { what: 'a', length: 1 } });
  expect(built()).toBe(1);
  expect(await run('bc', false)).toEqual({ ask: { what: 'bc' } });
  expect(await run('def', true)).toEqual({ ask: { what: 'def', length: 3 } });
  expect(built()).toBe(1);
  await server.stop();
});
