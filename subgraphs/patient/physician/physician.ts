import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { Disease, Hospital } from '../stubs.js';

export enum PhysicianStatus {
  PENDING = 'PENDING',
  VERIFIED = 'VERIFIED',
  REFUSED = 'REFUSED',
}
registerEnumType(PhysicianStatus, {
  name: 'PhysicianStatus',
  description: 'Whether an administrator has looked at a physician’s licence.',
  valuesConfig: {
    PENDING: { description: 'Nobody has looked at it yet.' },
    VERIFIED: { description: 'It is in order: patients find the physician and can book.' },
    REFUSED: { description: 'It is not in order; `reason` says why.' },
  },
});

export enum PhysicianAction {
  CHANGE = 'CHANGE',
  SET_HOURS = 'SET_HOURS',
  VERIFY = 'VERIFY',
  REFUSE = 'REFUSE',
}
registerEnumType(PhysicianAction, {
  name: 'PhysicianAction',
  description: 'What may be done with a physician’s entry.',
  valuesConfig: {
    CHANGE: { description: '`changePhysician`: the physician changes what they say of themselves.' },
    SET_HOURS: { description: '`setPhysicianHours`: the physician says when they can be booked.' },
    VERIFY: { description: '`decidePhysician` with VERIFY, for an administrator.' },
    REFUSE: { description: '`decidePhysician` with REFUSE, for an administrator.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'Somebody who treats patients here. Everybody sees those whose licence was verified.',
})
@Directive('@key(fields: "id")')
@Public()
export class Physician {
  @Field(() => ID, { description: 'Identifies the physician; says nothing about them.' })
  readonly id!: string;

  @Field(() => String, { description: 'Name in Chinese.' })
  readonly nameZh!: string;

  @Field(() => String, { nullable: true, description: 'Name in English or pinyin, where they gave one.' })
  readonly nameEn!: string | null;

  @Field(() => String, { description: 'Title as at the hospital, for example 主任医师. 1 to 100 characters.' })
  readonly title!: string;

  @Field(() => Hospital, { nullable: true, description: 'Where they work.' })
  readonly hospital!: Hospital;

  @Field(() => [Disease], { nullable: true, description: 'The diseases that they treat; at most 20.' })
  readonly diseases!: Disease[];

  @Field(() => [String], { description: 'The languages that they speak, as ISO 639-1 codes like `zh`; at most 10.' })
  readonly languages!: string[];

  @Field(() => Boolean, { description: 'Whether an administrator has looked at the licence and found it in order.' })
  readonly verified!: boolean;

  @Field(() => PhysicianStatus, {
    nullable: true,
    description:
      'How far the licence has been looked at. For physicians and administrators; others see verified ones alone.',
  })
  @RequiresScopes('care:provide', 'directory:write')
  readonly status!: PhysicianStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Why it was decided so. Null for all but the physician and administrators.',
  })
  @RequiresScopes('care:provide', 'directory:write')
  readonly reason!: string | null;

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you change the entry.' })
  readonly version!: number;
}
