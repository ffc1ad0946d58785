import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { PrescriptionAction, PrescriptionProblem, PrescriptionStatus } from './prescription.enums.js';

@ObjectType({ simpleResolvers: true, description: 'Why one line of an order has no prescription that it can go by.' })
@Public()
export class UnusablePrescription {
  @Field(() => ID, { description: 'The medicine of the line.' })
  readonly medicineId!: string;

  @Field(() => ID, { nullable: true, description: 'The prescription that the line names; null where it names none.' })
  readonly prescriptionId!: string | null;

  @Field(() => PrescriptionProblem, { description: 'What is wrong with it, and so what to do.' })
  readonly problem!: PrescriptionProblem;

  @Field(() => Int, {
    nullable: true,
    description: 'How many packages can still be ordered by it; only for NOT_ENOUGH_LEFT.',
  })
  readonly left!: number | null;
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'Some lines have no prescription that they can go by; `problems` says which and why. Nothing was ordered.',
})
@Public()
export class PrescriptionNotUsable extends UserError {
  @Field(() => [UnusablePrescription], {
    description: 'Everything that is wrong, in the order of the lines: at most one for each of them.',
  })
  readonly problems: readonly UnusablePrescription[];

  constructor(problems: readonly UnusablePrescription[]) {
    const named = [...new Set(problems.map(({ problem }) => problem))].join(', ');
    super(
      UserErrorCode.PRESCRIPTION_NOT_USABLE,
      `Every line needs a prescription that can be used now (${named}); \`problems\` says which lines lack one and why. Put them right, and order again.`,
      ['input', 'lines'],
    );
    this.problems = problems;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The prescription does not stand where this can be done; `permitted` says what you can do. Nothing was changed.',
})
@Public()
export class PrescriptionWrongState extends UserError {
  @Field(() => PrescriptionStatus, { description: 'How it stands.' })
  readonly status: PrescriptionStatus;

  @Field(() => [PrescriptionAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly PrescriptionAction[];

  constructor(status: PrescriptionStatus, permitted: readonly PrescriptionAction[]) {
    const now =
      permitted.length > 0 ? `You may ${permitted.join(' or ')}.` : 'There is nothing that you can do with it now.';
    super(UserErrorCode.WRONG_STATE, `The prescription is ${status}, so this cannot be done. ${now}`);
    this.status = status;
    this.permitted = permitted;
  }
}
