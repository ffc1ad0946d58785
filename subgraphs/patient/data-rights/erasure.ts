import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public, RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';
import type { SubgraphName } from '../../common/settings.js';
import { DataRightsProgress } from './data-export.js';

export enum ErasureStatus {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  BLOCKED = 'BLOCKED',
  FINISHED = 'FINISHED',
}
registerEnumType(ErasureStatus, {
  name: 'ErasureStatus',
  description: 'How far the erasure of a person has come.',
  valuesConfig: {
    WAITING: { description: 'Asked for, not begun. It begins within seconds and cannot be called off.' },
    RUNNING: { description: 'Under way; a part that does not answer is asked until it has.' },
    BLOCKED: {
      description: 'Something had begun meanwhile that must end first, so nothing was erased; `blockedBy` says what.',
    },
    FINISHED: { description: 'Nothing is found of the person any more; `certificate` says so.' },
  },
});

export enum ErasureStepStatus {
  WAITING = 'WAITING',
  DONE = 'DONE',
}
registerEnumType(ErasureStepStatus, {
  name: 'ErasureStepStatus',
  description: 'How far one part of this API has come with an erasure.',
  valuesConfig: {
    WAITING: { description: 'Not done yet, or found something more.' },
    DONE: { description: 'Done, all of it at once.' },
  },
});

export enum ErasureObstacleKind {
  APPLICATION_UNDER_WAY = 'APPLICATION_UNDER_WAY',
  CLAIM_UNDER_WAY = 'CLAIM_UNDER_WAY',
  PAYOUT_UNDER_WAY = 'PAYOUT_UNDER_WAY',
  CLAW_BACK_UNDER_WAY = 'CLAW_BACK_UNDER_WAY',
  ORDER_UNDER_WAY = 'ORDER_UNDER_WAY',
  PAYMENT_UNDER_WAY = 'PAYMENT_UNDER_WAY',
  REFUND_UNDER_WAY = 'REFUND_UNDER_WAY',
  PARCEL_HELD_BACK = 'PARCEL_HELD_BACK',
  CARES_FOR_SOMEBODY = 'CARES_FOR_SOMEBODY',
}
registerEnumType(ErasureObstacleKind, {
  name: 'ErasureObstacleKind',
  description: 'What must end before a person can be erased. More kinds may be added: show `message` for others.',
  valuesConfig: {
    APPLICATION_UNDER_WAY: { description: 'An application for aid was handed in and is not decided.' },
    CLAIM_UNDER_WAY: { description: 'A claim is not decided, or not paid.' },
    PAYOUT_UNDER_WAY: { description: 'Money is on its way from the fund.' },
    CLAW_BACK_UNDER_WAY: { description: 'Aid has to be paid back.' },
    ORDER_UNDER_WAY: { description: 'A medicine order is neither delivered nor cancelled.' },
    PAYMENT_UNDER_WAY: { description: 'A payment for medicine has not been answered.' },
    REFUND_UNDER_WAY: { description: 'Money for medicine is on its way back.' },
    PARCEL_HELD_BACK: { description: 'A pharmacist has not decided about a parcel that is held back.' },
    CARES_FOR_SOMEBODY: { description: 'The person acts for somebody else, who would be left alone.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that must end before a person can be erased.' })
@Public()
export class ErasureObstacle {
  @Field(() => ErasureObstacleKind, { description: 'What it is.' })
  readonly kind!: ErasureObstacleKind;

  @Field(() => String, { description: 'The part of this API that says so: `fund`, `pharmacy` or `patient`.' })
  readonly subgraph!: string;

  @Field(() => String, { description: 'What to do about it, in one or two English sentences.' })
  readonly message!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What one part of this API has to do for an erasure, and what it did.',
})
@RequiresScopes('patient:self')
export class ErasureStep {
  @Field(() => String, { description: 'The part: `catalog`, `patient`, `fund`, `pharmacy` or `community`.' })
  readonly subgraph!: SubgraphName;

  @Field(() => ErasureStepStatus, { description: 'How far it is.' })
  readonly status!: ErasureStepStatus;

  @Field(() => Int, { description: 'How many records it deleted.' })
  readonly deleted!: number;

  @Field(() => Int, {
    description: 'How many records the law of bookkeeping keeps, from which it took out the person.',
  })
  readonly pseudonymised!: number;

  @Field(() => DateTime, { nullable: true, description: 'When it was done; null before.' })
  readonly finishedAt!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'That a person was erased, for them to keep. It never changes, and names nobody.',
})
@RequiresScopes('patient:self')
export class ErasureCertificate {
  @Field(() => String, { description: 'What is certified, as JSON: what `sha256` and `signature` are made of.' })
  readonly content!: string;

  @Field(() => String, { description: 'SHA-256 of `content` in UTF-8, in hexadecimal.' })
  readonly sha256!: string;

  @Field(() => String, { description: 'Made of `content` with a key of this service, which alone can check it.' })
  readonly signature!: string;

  @Field(() => Boolean, { description: 'Whether content and signature belong together, checked just now.' })
  readonly genuine!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The erasure of everything about a person. Seen by whoever asked for it.',
})
@RequiresScopes('patient:self')
export class Erasure {
  @Field(() => ID, { description: 'Identifies the erasure; says nothing about the person.' })
  readonly id!: string;

  @Field(() => ErasureStatus, { description: 'How far it is.' })
  readonly status!: ErasureStatus;

  @Field(() => DataRightsProgress, { description: 'How many parts of this API are done.' })
  readonly progress!: DataRightsProgress;

  @Field(() => [ErasureStep], {
    description: 'Each part of this API, in the order in which they go; empty until it begins.',
  })
  readonly steps!: readonly ErasureStep[];

  @Field(() => [ErasureObstacle], { description: 'What came in between, when it is BLOCKED; else empty.' })
  readonly blockedBy!: readonly ErasureObstacle[];

  @Field(() => DateTime, { description: 'When it was asked for.' })
  readonly requestedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was finished or blocked; null before.' })
  readonly finishedAt!: string | null;

  @Field(() => ErasureCertificate, { nullable: true, description: 'That it was done; null until it is.' })
  readonly certificate!: ErasureCertificate | null;
}
