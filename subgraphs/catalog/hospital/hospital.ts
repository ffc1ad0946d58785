import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';
import { Organisation } from '../organisation/organisation.js';

export enum HospitalRole {
  NATIONAL_LEAD = 'NATIONAL_LEAD',
  PROVINCIAL_LEAD = 'PROVINCIAL_LEAD',
  MEMBER = 'MEMBER',
}
registerEnumType(HospitalRole, {
  name: 'HospitalRole',
  description: "A hospital's place in the National Rare Disease Diagnosis and Treatment Network.",
  valuesConfig: {
    NATIONAL_LEAD: { description: 'Leads the whole network.' },
    PROVINCIAL_LEAD: { description: 'Leads the hospitals of its province.' },
    MEMBER: { description: 'Belongs to the network.' },
  },
});

export enum NameBasis {
  COMMON_USAGE = 'COMMON_USAGE',
  PATTERN = 'PATTERN',
}
registerEnumType(NameBasis, {
  name: 'NameBasis',
  description: 'Where an English name comes from.',
  valuesConfig: {
    COMMON_USAGE: { description: 'The hospital is commonly called so.' },
    PATTERN: { description: 'Built from the Chinese name by pattern; nobody has checked it.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A hospital of the national rare disease network, now or in 2019.' })
@Directive('@key(fields: "id")')
@Public()
export class Hospital {
  @Field(() => ID, { description: 'Identifies the hospital; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => String, { description: 'Name in English. See `nameEnBasis`.' })
  @ForPartners()
  readonly nameEn!: string;

  @Field(() => String, { description: 'Name in Chinese, from the official notice.' })
  @ForPartners()
  readonly nameZh!: string;

  @Field(() => NameBasis, { description: 'Where the English name comes from.' })
  readonly nameEnBasis!: NameBasis;

  @Field(() => String, { description: 'Province in English.' })
  readonly province!: string;

  @Field(() => String, { description: 'Province in Chinese.' })
  readonly provinceZh!: string;

  @Field(() => HospitalRole, { description: 'Its place in the network (in 2019, where it has left since).' })
  readonly role!: HospitalRole;

  @Field(() => Boolean, {
    description: 'Whether it is in the current network (2024): aid needs a diagnosis from one that is.',
  })
  readonly recognised!: boolean;

  @Field(() => Organisation, { nullable: true, description: 'Who answers for it here, where somebody does.' })
  readonly organisation!: Organisation | null;
}
