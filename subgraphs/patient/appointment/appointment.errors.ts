import { Field, ObjectType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { UserError, UserErrorCode } from '../../common/errors.js';
import { AppointmentAction, AppointmentStatus } from './appointment.enums.js';
import { Slot } from './availability.js';

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'The appointment is in a state, or it is a time, in which this cannot be done; `permitted` says what can.',
})
@Public()
export class AppointmentWrongState extends UserError {
  @Field(() => AppointmentStatus, { description: 'Where it stands.' })
  readonly status: AppointmentStatus;

  @Field(() => [AppointmentAction], { description: 'What you may do with it now.' })
  readonly permitted: readonly AppointmentAction[];

  constructor(status: AppointmentStatus, permitted: readonly AppointmentAction[]) {
    const next = permitted.length > 0 ? `You can: ${permitted.join(', ')}.` : 'Nothing is left to do with it.';
    super(UserErrorCode.WRONG_STATE, `The appointment is ${status}, and this cannot be done with it now. ${next}`);
    this.status = status;
    this.permitted = permitted;
  }
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'No slot that is free begins at that time: it is taken, or outside of the hours, or too soon or too far away. Nothing was done.',
})
@Public()
export class SlotNotFree extends UserError {
  @Field(() => [Slot], { description: 'The free ones nearest to it, in order; at most 5.' })
  readonly next: readonly Slot[];

  constructor(next: readonly Slot[]) {
    super(
      UserErrorCode.SLOT_NOT_FREE,
      'No free slot begins at that time. Take one of `next`, or look for others in the `slots` of the physician.',
      ['input', 'startsAt'],
    );
    this.next = next;
  }
}
