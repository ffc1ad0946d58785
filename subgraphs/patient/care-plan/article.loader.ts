import DataLoader from 'dataloader';
import type { Ask } from '../../common/context.js';
import type { Article } from '../stubs.js';
import { type ArticlesWanted, articlesFor, MOST_WANTED } from './community.port.js';

/** Asks the community which articles suit care plans. */
export class ArticleLoader {
  private readonly loader: DataLoader<ArticlesWanted, readonly Article[], string>;

  constructor(ask: Ask) {
    this.loader = new DataLoader(
      async (wanted) => (await articlesFor(ask, wanted)).map((ids) => ids.map((id) => ({ id }))),
      {
        cacheKeyFn: ({ diseaseId, stage, first }) => `${diseaseId} ${stage} ${first}`,
        maxBatchSize: MOST_WANTED,
      },
    );
  }

  /** @throws {SubgraphUnavailable} */
  for(wanted: ArticlesWanted): Promise<readonly Article[]> {
    return this.loader.load(wanted);
  }
}
