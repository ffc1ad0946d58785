import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Entities of other subgraphs that the fund points to, or adds fields to. */

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Disease {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Organisation {
  @Field(() => ID)
  readonly id!: string;
}

/** The fund adds `annualAid` and `applications`. */
@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id")')
export class Patient {
  @Field(() => ID)
  readonly id!: string;
}
