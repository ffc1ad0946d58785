import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ForPartners, Public } from '../../common/access.js';

export enum OrganisationKind {
  MANUFACTURER = 'MANUFACTURER',
  HOSPITAL_GROUP = 'HOSPITAL_GROUP',
  CARRIER = 'CARRIER',
  FOUNDATION = 'FOUNDATION',
  MERCHANT = 'MERCHANT',
}
registerEnumType(OrganisationKind, {
  name: 'OrganisationKind',
  description: 'What an organisation does here.',
  valuesConfig: {
    MANUFACTURER: { description: 'Makes medicines; may sponsor a fund.' },
    HOSPITAL_GROUP: { description: 'Runs one hospital or several.' },
    CARRIER: { description: 'Carries medicine to the door.' },
    FOUNDATION: { description: 'Runs a charity fund.' },
    MERCHANT: { description: 'Sells, and gives a part of each sale.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'A maker, carrier, foundation, merchant or hospital group.' })
@Directive('@key(fields: "id")')
@Public()
export class Organisation {
  @Field(() => ID, { description: 'Identifies the organisation; says nothing about it.' })
  @ForPartners()
  readonly id!: string;

  @Field(() => OrganisationKind, { description: 'What it does here.' })
  @ForPartners()
  readonly kind!: OrganisationKind;

  @Field(() => String, { description: 'Its name.' })
  @ForPartners()
  readonly name!: string;

  @Field(() => Boolean, { description: 'Whether it is invented for the demo.' })
  readonly demo!: boolean;
}
