import { Directive, Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { Post, PostAuthor } from '../post/post.js';

@ObjectType({
  implements: Post,
  simpleResolvers: true,
  description: 'What somebody tells others about living with a disease. Anybody reads published ones.',
})
@Directive('@key(fields: "id")')
@Public()
export class Story extends Post {
  @Field(() => String, { description: 'Title, one line of 1 to 120 characters.' })
  readonly title!: string;

  @Field(() => String, {
    description:
      'The story in Markdown as it was written, 1 to 20,000 characters. A client that renders it itself must not trust HTML in it; `bodyHtml` is safe.',
  })
  override readonly body!: string;

  @Field(() => PostAuthor, { description: 'Who wrote it, under a pseudonym.' })
  override readonly author!: PostAuthor;
}
