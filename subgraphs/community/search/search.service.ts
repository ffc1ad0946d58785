import { type ConnectionSource, connection, type Page } from '../../common/connection.js';
import { badUserInput } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import type { CommunityContext } from '../context.js';
import type { Post, PostKind } from '../post/post.js';
import { PostOrder } from './search.js';
import { listedKinds, searchWords } from './search.rules.js';

/** What somebody wants to see listed, as they say it. */
export interface PostsWanted {
  readonly diseaseId?: string | null;
  readonly kinds?: readonly PostKind[] | null;
  readonly search?: string | null;
  readonly followed?: boolean | null;
}

/**
 * A page of what is published.
 *
 * @throws a `BAD_USER_INPUT` error for what cannot be listed or looked for
 */
export async function listPosts(
  context: CommunityContext,
  wanted: PostsWanted,
  order: PostOrder,
  page: Page,
): Promise<ConnectionSource<Post>> {
  const { posts, searches } = context;
  const listed = {
    words: searchWords(wanted.search),
    kinds: listedKinds(wanted.kinds),
    diseases: await diseasesOf(context, wanted),
  };
  const ids = await searches.ids(listed, order === PostOrder.MOST_HELPFUL, page);
  const places = connection(
    ids.map((id) => ({ id })),
    page,
    () => searches.count(listed),
  );
  const read = await Promise.all(places.nodes.map(({ id }) => posts.whole(id)));
  // what was withdrawn in between leaves a gap: where the next page begins does not depend on it
  const edges = places.edges.flatMap(({ cursor }, at) => (read[at] ? [{ cursor, node: read[at] }] : []));
  return { ...places, edges, nodes: edges.map(({ node }) => node) };
}

async function diseasesOf(
  { identity, searches }: CommunityContext,
  { diseaseId, followed }: PostsWanted,
): Promise<string[] | null> {
  const asked = diseaseId == null ? null : [checkedId(diseaseId, 'diseaseId')];
  if (!followed) return asked;
  if (!identity.scopes.includes('community:write')) {
    throw badUserInput('`followed` is for members: sign in to list what is new about the diseases that you follow.');
  }
  const own = await searches.followed();
  return asked ? asked.filter((id) => own.includes(id)) : own;
}
