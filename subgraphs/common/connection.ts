import { ArgsType, Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { ForPartners, Public } from './access.js';
import { badUserInput } from './errors.js';
import { isUuid } from './ids.js';

/** The longest page of any list. */
export const MAX_PAGE = 100;

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list.' })
@Directive('@shareable')
@Public()
@ForPartners()
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follow after this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is something before this page.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first entry; null on an empty page.' })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last entry: give it as `after` to get the next page.',
  })
  readonly endCursor!: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 20, description: 'How many entries at most, from 1 to 100.' })
  first!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The `endCursor` of the page before; leave it out for the first page.',
  })
  after?: string;
}

/** A page as asked for, checked. `after` is the id that the page begins behind. */
export interface Page {
  readonly first: number;
  readonly after: string | null;
}

/** @throws a `BAD_USER_INPUT` error for a size outside 1–100 or a cursor that none of our lists gave out */
export function pageOf({ first, after }: { first: number; after?: string | null }): Page {
  if (first < 1 || first > MAX_PAGE) throw badUserInput(`\`first\` must be from 1 to ${MAX_PAGE}, but is ${first}.`);
  if (after === undefined || after === null) return { first, after: null };
  const id = decodeCursor(after);
  if (!id) throw badUserInput('`after` must be the `endCursor` of a page of this list.');
  return { first, after: id };
}

/**
 * SQL for going on behind an entry: `id` beyond a parameter that may be null. As a subselect it is worked out before the
 * rows are read, so that an index is used although the plan is made for any value and under row-level security.
 */
export const idBelow = (parameter: string): string =>
  `id < (select coalesce(${parameter}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))`;
export const idAbove = (parameter: string): string =>
  `id > (select coalesce(${parameter}::uuid, '00000000-0000-0000-0000-000000000000'))`;

const CURSOR = 'c1:';
/** A cursor names the entry by its id and says nothing else about it. */
const encodeCursor = (id: string): string => Buffer.from(CURSOR + id).toString('base64url');

function decodeCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const id = text.slice(CURSOR.length);
  return text.startsWith(CURSOR) && isUuid(id) ? id : undefined;
}

/** What a connection's resolvers work on. `count` is asked only when `totalCount` is selected. */
export interface ConnectionSource<Node> {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
  readonly totalCount: () => Promise<number>;
}

/** @param rows one more than the page holds, where there are more */
export function connection<Node extends { id: string }>(
  rows: readonly Node[],
  page: Page,
  count: () => Promise<number>,
): ConnectionSource<Node> {
  const nodes = rows.slice(0, page.first);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(node.id), node }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: count,
  };
}

/** A list that can be read by the page and counted. */
export interface PagedList<Row> {
  /** One more than the page holds, where there are more. */
  readonly rows: () => Promise<readonly Row[]>;
  readonly count: () => Promise<number>;
}

/** A page of a list, as its connection. */
export const paged = async <Row extends { id: string }>(
  { rows, count }: PagedList<Row>,
  page: Page,
): Promise<ConnectionSource<Row>> => connection(await rows(), page, count);

type NodeClass = abstract new (...args: never[]) => object;

/**
 * The connection and edge types of a list of `node`s, by Relay's specification.
 *
 * @param declarations what is declared of both, beside that they are public
 */
export function connectionType(
  node: NodeClass,
  of: string,
  ...declarations: readonly ClassDecorator[]
): new () => object {
  const name = node.name;

  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One of ${of}, with its place in the list.` })
  @Public()
  class Edge {
    @Field(() => String, { description: 'The place: give it as `after` to go on behind it.' })
    readonly cursor!: string;

    @Field(() => node as never, { description: 'The entry itself.' })
    readonly node!: object;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${of}.` })
  @Public()
  class Connection {
    @Field(() => [Edge], { description: 'The entries with their places.' })
    readonly edges!: Edge[];

    @Field(() => [node as never], { description: 'The entries alone.' })
    readonly nodes!: object[];

    @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
    readonly pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many there are in all pages; counted only when you ask for it.' })
    readonly totalCount!: number;
  }
  for (const declare of declarations) {
    declare(Edge);
    declare(Connection);
  }
  return Connection;
}
