import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { Money } from '../../common/money.js';
import { Disease } from '../disease/disease.js';

export enum Storage {
  ROOM = 'ROOM',
  COLD_2_8 = 'COLD_2_8',
  FROZEN = 'FROZEN',
}
registerEnumType(Storage, {
  name: 'Storage',
  description: 'How a medicine must be kept.',
  valuesConfig: {
    ROOM: { description: 'At room temperature.' },
    COLD_2_8: { description: 'Cold, from 2 to 8 °C, on the way too.' },
    FROZEN: { description: 'Frozen.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A price, and whether it is real.' })
@Public()
export class MedicinePrice {
  @Field(() => Money, { description: 'What one package costs.' })
  readonly amount!: Money;

  @Field(() => Boolean, { description: 'True: invented for the demo. Never show it as a real price.' })
  readonly demo!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'A medicine marketed in China for one of the diseases.' })
@Directive('@key(fields: "id")')
@Public()
export class Medicine {
  @Field(() => ID, { description: 'Identifies the medicine; says nothing about it.' })
  readonly id!: string;

  @Field(() => String, { description: 'Generic name in English.' })
  readonly genericNameEn!: string;

  @Field(() => String, { description: 'Generic name in Chinese.' })
  readonly genericNameZh!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Brand name; null where it is sold under its generic name only.',
  })
  readonly brandNameEn!: string | null;

  @Field(() => String, { description: 'Who makes it. See `labelVerified`.' })
  readonly manufacturer!: string;

  @Field(() => String, { nullable: true, description: 'ATC code, where one is known. See `labelVerified`.' })
  readonly atc!: string | null;

  @Field(() => String, { description: 'In what form it is given, for example `capsule`. See `labelVerified`.' })
  readonly form!: string;

  @Field(() => String, { nullable: true, description: 'Strengths, where known. See `labelVerified`.' })
  readonly strength!: string | null;

  @Field(() => Storage, { description: 'How it must be kept. See `labelVerified`.' })
  readonly storage!: Storage;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is on the 2025 national reimbursement list (in force 2026-01-01); null: not known.',
  })
  readonly nrdlListed!: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Year of its first approval in China, where known.' })
  readonly approvedInChinaYear!: number | null;

  @Field(() => String, { nullable: true, description: 'What else should be known of the entry.' })
  readonly note!: string | null;

  @Field(() => Boolean, {
    description: 'Whether maker, ATC, form, strength and storage were checked against the label.',
  })
  readonly labelVerified!: boolean;

  @Field(() => Boolean, {
    description: 'Whether it may be ordered here; plasma products, for one, may not be sold online.',
  })
  readonly soldOnline!: boolean;

  @Field(() => MedicinePrice, { nullable: true, description: 'What a package costs, where a price is known.' })
  readonly price!: MedicinePrice | null;

  @Field(() => [Disease], { description: 'The diseases it treats.' })
  readonly treats!: Disease[];
}
