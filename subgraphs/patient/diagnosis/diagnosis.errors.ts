import { Field, ObjectType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { DiagnosisStatus } from './diagnosis.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'The diagnosis has been decided already; a new report is needed to change it.',
})
@Public()
@ForPartners()
export class DiagnosisDecided extends UserError {
  @Field(() => DiagnosisStatus, { description: 'What was decided.' })
  readonly status: DiagnosisStatus;

  constructor(status: DiagnosisStatus) {
    super(UserErrorCode.WRONG_STATE, `The diagnosis is ${status} already. To change that, report it again.`);
    this.status = status;
  }
}
