import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, RequiresScopes } from '../../common/access.js';
import { DateTime, LocalDate } from '../../common/scalars.js';
import { Disease, Hospital } from '../stubs.js';

export enum DiagnosisStatus {
  REPORTED = 'REPORTED',
  VERIFIED = 'VERIFIED',
  REFUSED = 'REFUSED',
}
registerEnumType(DiagnosisStatus, {
  name: 'DiagnosisStatus',
  description: 'How far a diagnosis has been confirmed.',
  valuesConfig: {
    REPORTED: { description: 'The patient has reported it; the hospital has not answered yet.' },
    VERIFIED: { description: 'The hospital, a physician of it or a reviewer has confirmed it.' },
    REFUSED: { description: 'The hospital does not know of it; `reason` says more.' },
  },
});

export enum DiagnosisAction {
  VERIFY = 'VERIFY',
  REFUSE = 'REFUSE',
}
registerEnumType(DiagnosisAction, {
  name: 'DiagnosisAction',
  description: 'What may be done with a diagnosis.',
  valuesConfig: {
    VERIFY: { description: '`decideDiagnosis` with VERIFY: confirm it.' },
    REFUSE: { description: '`decideDiagnosis` with REFUSE: say that it is not so, with a reason.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that became of a diagnosis.' })
@RequiresScopes('patient:self', 'diagnosis:verify')
@ForPartners()
export class DiagnosisEvent {
  @Field(() => ID, { description: 'Identifies the event.' })
  readonly id!: string;

  @Field(() => DiagnosisStatus, { description: 'How far the diagnosis was confirmed from then on.' })
  readonly status!: DiagnosisStatus;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: string;

  @Field(() => String, { description: 'In which role somebody did it, for example HOSPITAL or PHYSICIAN; never who.' })
  readonly byRole!: string;

  @Field(() => String, { nullable: true, description: 'Why it was decided so; null where nothing was said.' })
  readonly reason!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A disease that a hospital has found in a patient. Aid needs a verified one.',
})
@Directive('@key(fields: "id")')
@RequiresScopes('patient:self', 'diagnosis:verify')
export class Diagnosis {
  @Field(() => ID, { description: 'Identifies the diagnosis; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => Disease, { nullable: true, description: 'What was found.' })
  @ForPartners()
  readonly disease!: Disease;

  @Field(() => Hospital, { nullable: true, description: 'Where it was found.' })
  @ForPartners()
  readonly hospital!: Hospital;

  @Field(() => LocalDate, { description: 'The day of the diagnosis.' })
  @ForPartners()
  readonly diagnosedOn!: string;

  @Field(() => String, { nullable: true, description: 'Who found it, as the patient wrote it.' })
  @ForPartners()
  readonly physicianName!: string | null;

  @Field(() => DiagnosisStatus, { description: 'How far it has been confirmed.' })
  @ForPartners()
  readonly status!: DiagnosisStatus;

  @Field(() => DateTime, { nullable: true, description: 'When it was verified or refused.' })
  @ForPartners()
  readonly decidedAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was decided so.' })
  @ForPartners()
  readonly reason!: string | null;

  @Field(() => [DiagnosisEvent], {
    description: 'What became of it, oldest first: that it was reported, and what was decided. At most two entries.',
  })
  @ForPartners()
  readonly history!: readonly DiagnosisEvent[];

  @Field(() => Int, { description: 'Counts changes: send it as `expectedVersion` when you decide.' })
  @ForPartners()
  readonly version!: number;
}
