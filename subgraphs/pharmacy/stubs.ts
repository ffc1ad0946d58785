import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Entities of other subgraphs that orders add fields to: the fund's applications and the patients. */

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id")')
export class Application {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id")')
export class Patient {
  @Field(() => ID)
  readonly id!: string;
}

/** Entities of the catalog that orders and shipments point to. */

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id")')
export class Medicine {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Organisation {
  @Field(() => ID)
  readonly id!: string;
}

/** Who prescribes, and the consultations of which a prescription came out: the patient subgraph's. */

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Physician {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Appointment {
  @Field(() => ID)
  readonly id!: string;
}
