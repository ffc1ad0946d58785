import { Directive, Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import { Post } from '../post/post.js';

@ObjectType({
  implements: Post,
  simpleResolvers: true,
  description: 'Something that others are asked about living with a disease. Anybody reads published ones.',
})
@Directive('@key(fields: "id")')
@Public()
export class Question extends Post {
  @Field(() => String, { description: 'Title, one line of 1 to 120 characters.' })
  readonly title!: string;

  @Field(() => String, {
    description:
      'The question in Markdown as it was written, 1 to 20,000 characters. A client that renders it itself must not trust HTML in it; `bodyHtml` is safe.',
  })
  override readonly body!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when it takes no more answers, rounded down to the minute; null while it does.',
  })
  readonly closedAt!: string | null;
}
