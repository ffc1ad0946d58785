import { type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';
import { Dice } from '../merged/dice.js';
import { type Ground, QueryGenerator, type Question, type Values } from '../merged/query-generator.js';
import type { Answers } from './comparison.js';
import type { Asking } from './execution-proof.js';
import { compose, MergedWorld, type TestContext, TestSubgraph, type TestSupergraph } from './test-supergraph.js';
import { type Asked, outcomeOf, TwoExecutors } from './two-executors.js';

/** What the schema is asked beside the data. */
const OF_THE_SCHEMA = `{
  __schema { queryType { name } }
  __type(name: "Query") { kind ofType { name } fields { name } }
  nothing: __type(name: "Nobody") { name }
  __typename
}`;
const BESIDES = (parse(OF_THE_SCHEMA).definitions[0] as OperationDefinitionNode).selectionSet.selections;

/** Of a hundred operations so many change something. */
const CHANGES_PERCENT = 15;

/** A test's world behind both executors, and behind one schema that graphql-js runs. */
export class AskedWorld implements Asking {
  readonly schema;
  readonly subgraphs: readonly string[];
  private readonly queries: QueryGenerator;
  private readonly mutations: QueryGenerator;

  private constructor(
    whole: TestSupergraph,
    private readonly executors: TwoExecutors,
    private readonly merged: MergedWorld,
    readonly dice: Dice,
  ) {
    this.schema = executors.schema;
    this.subgraphs = Object.keys(whole.subgraphs);
    const known: Values = {
      valueFor: (field, arg) => {
        const values = whole.values[`${field.name}.${arg}`] ?? whole.values[arg];
        return values && dice.one(values);
      },
    };
    const ground: Ground = {
      schema: executors.schema,
      mayRead: () => true,
      leavesOut: () => false,
      joints: new Set(whole.entities.map(({ __typename }) => __typename)),
      known,
      dice,
      size: whole.size,
      besides: BESIDES,
    };
    this.queries = new QueryGenerator(ground);
    this.mutations = new QueryGenerator({ ...ground, operation: OperationTypeNode.MUTATION });
  }

  /** @param seed the same seed asks the same */
  static async open(whole: TestSupergraph, seed: number): Promise<AskedWorld> {
    const subgraphs = new Map<string, TestSubgraph>();
    const executors = await TwoExecutors.open(compose(whole), (name) => ({
      process: (fetch) => (subgraphs.get(name) as TestSubgraph).process(fetch),
    }));
    for (const name of Object.keys(whole.subgraphs)) {
      subgraphs.set(name, new TestSubgraph(name, whole, executors.schema));
    }
    return new AskedWorld(whole, executors, new MergedWorld(whole, executors.schema, subgraphs), new Dice(seed));
  }

  next(): Question {
    return (this.dice.percent(CHANGES_PERCENT) ? this.mutations : this.queries).next();
  }

  async answersTo(asked: Asked, outage?: TestContext['outage']): Promise<Answers> {
    const context = (): TestContext => ({ done: [], ...(outage && { outage }) });
    const planned = await this.executors.plannedAnswer(asked, context());
    const stock = await this.executors.stockAnswer(asked, context());
    return outage ? { planned, stock } : { planned, stock, merged: outcomeOf(await this.merged.run(asked)) };
  }

  async close(): Promise<void> {
    await this.executors.close();
  }
}
