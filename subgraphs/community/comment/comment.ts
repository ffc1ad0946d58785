import { Directive, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { Post } from '../post/post.js';

@ObjectType({
  implements: Post,
  simpleResolvers: true,
  description:
    'What somebody wrote under a post of any kind, a comment too. One that is gone while others still stand under it is listed as an empty place: `status` says how it went, `body` and `author` are null.',
})
@Directive('@key(fields: "id")')
@Public()
export class Comment extends Post {}
