import { Args, ArgsType, Field, Query, Resolver } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { checkableText, textFindings } from './privacy.rules.js';
import { TextFinding } from './text-finding.js';

@ArgsType()
class CheckCommunityTextArgs {
  @Field(() => String, { nullable: true, description: 'A title, at most 20,000 characters.' })
  title?: string;

  @Field(() => String, { nullable: true, description: 'A text in Markdown, at most 20,000 characters.' })
  body?: string;
}

@Resolver()
export class PrivacyResolver {
  @Query(() => [TextFinding], {
    nullable: true,
    description:
      'What in a text must be taken out before it can be published: at most 50 passages, none when all is well. Nothing is kept of the text. Publishing checks the same again.',
  })
  @RequiresScopes('community:write')
  checkCommunityText(@Args(() => CheckCommunityTextArgs) { title, body }: CheckCommunityTextArgs): TextFinding[] {
    return textFindings({ title: checkableText(title, 'title'), body: checkableText(body, 'body') });
  }
}
