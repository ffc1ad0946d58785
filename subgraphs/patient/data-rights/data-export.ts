import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { DateTime } from '../../common/scalars.js';

export enum DataExportStatus {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  READY = 'READY',
  FAILED = 'FAILED',
  EXPIRED = 'EXPIRED',
}
registerEnumType(DataExportStatus, {
  name: 'DataExportStatus',
  description: 'How far an export of somebody’s data has come.',
  valuesConfig: {
    WAITING: { description: 'Asked for, not begun. It begins within seconds.' },
    RUNNING: {
      description: 'Being put together; `progress` says how far. A part that does not answer is asked again.',
    },
    READY: { description: 'Whole: `content` has it until `expiresAt`.' },
    FAILED: { description: 'Some part has not answered for a day. Nothing was kept: ask for another export.' },
    EXPIRED: { description: 'It was ready, and has been removed. Ask for another export.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How much of something long has been done.' })
@RequiresScopes('patient:self')
export class DataRightsProgress {
  @Field(() => Int, { description: 'How many steps are done.' })
  readonly done!: number;

  @Field(() => Int, { description: 'How many steps there are: one for each part of this API.' })
  readonly total!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Everything that is known about a patient, as one JSON document. Seen by the patient, and by a caregiver with all scopes who asked for it.',
})
@RequiresScopes('patient:self')
export class DataExport {
  @Field(() => ID, { description: 'Identifies the export; says nothing about it.' })
  readonly id!: string;

  @Field(() => DataExportStatus, { description: 'How far it has come.' })
  readonly status!: DataExportStatus;

  @Field(() => DataRightsProgress, { description: 'How many parts of this API have given what they know.' })
  readonly progress!: DataRightsProgress;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  readonly requestedAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was whole, or failed; null before.' })
  readonly finishedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it is removed: 7 days after it was whole; null before.' })
  readonly expiresAt!: string | null;

  @Field(() => Int, { description: 'Counts changes.' })
  readonly version!: number;
}
