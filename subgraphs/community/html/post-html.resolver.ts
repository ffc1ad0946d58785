import { FieldResolver, Resolver, Root } from 'type-graphql';
import { Post } from '../post/post.js';
import type { PostRow } from '../post/post.loader.js';
import { renderMarkdown } from './html.rules.js';

/** Texts of all kinds of posts as HTML; that of an article is in two languages (article.resolver.ts). */
@Resolver(() => Post)
export class PostHtmlResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The text as HTML that is safe to put into a page: paragraphs, headings, lists, quotes, code, emphasis and links, nothing else. Links lead to http and https alone, open elsewhere and are marked `nofollow ugc noopener noreferrer`; a picture becomes a link to it. Null when the text is gone.',
  })
  bodyHtml(@Root() { body }: PostRow): string | null {
    return body === null ? null : renderMarkdown(body);
  }
}
