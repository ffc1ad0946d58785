import { isDeepStrictEqual } from 'node:util';
import { type GraphQLSchema, parse, validate } from 'graphql';
import type { Dice } from '../merged/dice.js';
import type { Question } from '../merged/query-generator.js';
import { simplest } from '../merged/simplest.js';
import { type Answers, compare } from './comparison.js';
import { OUTAGES, type TestContext } from './test-supergraph.js';
import { type Asked, UNPLANNABLE } from './two-executors.js';

/** So many show what is wrong. */
export const MOST_DIFFERENCES = 4;
/** Of a hundred operations so many are asked again while a subgraph is down. */
const OUTAGES_PERCENT = 30;

export interface Difference extends Asked {
  readonly what: string;
  readonly outage: TestContext['outage'];
  readonly answers: Answers;
}

/** What has been asked so far. */
export interface Progress {
  /** Operations, and those of them that were asked again while a subgraph was down. */
  asked: number;
  outages: number;
  /** Characters and errors of the answers that were as they have to be. */
  characters: number;
  errors: number;
  /** What the planner, which is the same for both, fails at. */
  unplannable: number;
  /** How often the stock gateway alone was wrong, as graphql-js says. */
  stockWrong: number;
  /** How often both were, since the plan was. */
  planWrong: number;
  readonly differences: Difference[];
}

/** What is asked: the same of each who answers. */
export interface Asking {
  readonly schema: GraphQLSchema;
  readonly dice: Dice;
  /** Those that may be down. */
  readonly subgraphs: readonly string[];
  next(): Question;
  answersTo(asked: Asked, outage?: TestContext['outage']): Promise<Answers>;
  close(): Promise<void>;
}

/** Asks generated operations of our own execution, of the stock gateway's, and of graphql-js over the same data. */
export class ExecutionProof {
  readonly progress: Progress = {
    asked: 0,
    outages: 0,
    characters: 0,
    errors: 0,
    unplannable: 0,
    stockWrong: 0,
    planWrong: 0,
    differences: [],
  };

  constructor(private readonly asking: Asking) {}

  /** Asks so many more operations, or fewer when enough has been found to be wrong. */
  async ask(operations: number): Promise<void> {
    const { dice, subgraphs } = this.asking;
    for (let i = 0; i < operations && this.progress.differences.length < MOST_DIFFERENCES; i++) {
      const question = this.asking.next();
      const isAgain = subgraphs.length > 0 && dice.percent(OUTAGES_PERCENT);
      this.progress.asked++;
      // where the stock gateway is wrong anyway nothing says what is right
      if ((await this.askOne(question)) && isAgain) {
        this.progress.outages++;
        await this.askOne(question, { subgraph: dice.one(subgraphs), how: dice.one(OUTAGES) });
      }
    }
  }

  answersTo(asked: Asked, outage?: TestContext['outage']): Promise<Answers> {
    return this.asking.answersTo(asked, outage);
  }

  async close(): Promise<void> {
    await this.asking.close();
  }

  /** @returns whether all agree */
  private async askOne(question: Question, outage?: TestContext['outage']): Promise<boolean> {
    const { progress } = this;
    const answers = await this.answersTo(question, outage);
    if (isUnplannable(answers)) {
      progress.unplannable++;
      return false;
    }
    const { wrong, isStockWrong, isPlanWrong } = compare(answers);
    if (!wrong) {
      if (isStockWrong) progress.stockWrong++;
      if (isPlanWrong) progress.planWrong++;
      progress.characters += answers.planned.text.length;
      progress.errors += answers.planned.errors.length;
      return !isStockWrong && !isPlanWrong;
    }
    const isValid = (query: string) => validate(this.asking.schema, parse(query)).length === 0;
    const least = await simplest(question, isValid, async (simpler) => {
      return compare(await this.answersTo(simpler, outage)).wrong === wrong;
    });
    progress.differences.push({ ...least, what: wrong, outage, answers: await this.answersTo(least, outage) });
    return false;
  }
}

/** Neither can plan it; or the stock gateway, which does not ask for conditional objects' types besides, plans it wrongly. */
function isUnplannable({ planned, stock, merged }: Answers): boolean {
  if (planned.errors[0]?.code !== UNPLANNABLE) return false;
  return isDeepStrictEqual(planned, stock) || (merged !== undefined && !isDeepStrictEqual(stock.data, merged.data));
}
