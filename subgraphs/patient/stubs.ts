import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Entities of the catalog that diagnoses point to. */

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Disease {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Hospital {
  @Field(() => ID)
  readonly id!: string;
}
