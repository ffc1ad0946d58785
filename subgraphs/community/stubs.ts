import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** An entity of the catalog, to which the community adds what is written about it. */
@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id")')
export class Disease {
  @Field(() => ID)
  readonly id!: string;
}

/** An entity of the catalog: who has paid for an article. */
@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Organisation {
  @Field(() => ID)
  readonly id!: string;
}
