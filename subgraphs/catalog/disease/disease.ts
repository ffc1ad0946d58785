import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';

export enum OrphaMatch {
  EXACT = 'EXACT',
  SUBSET = 'SUBSET',
}
registerEnumType(OrphaMatch, {
  name: 'OrphaMatch',
  description: 'How well an ORPHA code fits the entry of the national list.',
  valuesConfig: {
    EXACT: { description: 'The code means the same disease.' },
    SUBSET: { description: 'The code means a part of what the entry covers.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: "A disease of China's two National Rare Disease Lists (207 entries).",
})
@Directive('@key(fields: "id")')
@Public()
export class Disease {
  @Field(() => ID, { description: 'Identifies the disease; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => Int, { description: 'Its number in the national lists, 1 to 207.' })
  @ForPartners()
  readonly catalogNo!: number;

  @Field(() => Int, { description: 'Which of the two lists: 1 (2018, numbers 1–121) or 2 (2023, numbers 122–207).' })
  readonly batch!: number;

  @Field(() => String, { description: 'Name in English, typing errors of the published list corrected.' })
  @ForPartners()
  readonly nameEn!: string;

  @Field(() => String, { description: 'Name in Chinese, typing errors of the published list corrected.' })
  @ForPartners()
  readonly nameZh!: string;

  @Field(() => String, { nullable: true, description: 'The English name as published, where it was corrected.' })
  readonly nameEnAsPublished!: string | null;

  @Field(() => String, { nullable: true, description: 'The Chinese name as published, where it was corrected.' })
  readonly nameZhAsPublished!: string | null;

  @Field(() => String, { nullable: true, description: 'ORPHA code, where one is known. See `codesVerified`.' })
  @ForPartners()
  readonly orphaCode!: string | null;

  @Field(() => OrphaMatch, { nullable: true, description: 'How well the ORPHA code fits.' })
  @ForPartners()
  readonly orphaMatch!: OrphaMatch | null;

  @Field(() => [String], { description: 'ICD-10 codes (WHO), possibly none. See `codesVerified`.' })
  @ForPartners()
  readonly icd10!: string[];

  @Field(() => Boolean, { description: 'Whether the codes have been checked; do not rely on them where false.' })
  @ForPartners()
  readonly codesVerified!: boolean;
}
