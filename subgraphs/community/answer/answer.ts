import { Directive, Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { Post } from '../post/post.js';

@ObjectType({
  implements: Post,
  simpleResolvers: true,
  description:
    'An answer to a question. Whoever writes it, it is no advice for one patient: what is right for them, their physician says.',
})
@Directive('@key(fields: "id")')
@Public()
export class Answer extends Post {
  @Field(() => String, {
    description:
      'The answer in Markdown as it was written, 1 to 10,000 characters. A client that renders it itself must not trust HTML in it; `bodyHtml` is safe.',
  })
  override readonly body!: string;
}
