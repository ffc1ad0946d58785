import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { TextFinding } from './text-finding.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The text holds what would tell others who or where somebody is, or an offer of medicine; `findings` says where. Nothing was published. Take it out and try again.',
})
@Public()
export class TextNotPublishable extends UserError {
  @Field(() => [TextFinding], {
    description: 'The passages, in the order of the fields and of the text: at least one, at most 50.',
  })
  readonly findings: readonly TextFinding[];

  /** @param findings at least one; the message names their kinds and quotes none of them */
  constructor(findings: readonly TextFinding[]) {
    const kinds = [...new Set(findings.map(({ kind }) => kind))].join(', ');
    super(
      UserErrorCode.TEXT_NOT_PUBLISHABLE,
      `The text holds what must not be published (${kinds}); \`findings\` says where. Take it out, and try again.`,
      ['input', findings[0]!.field],
    );
    this.findings = findings;
  }
}
