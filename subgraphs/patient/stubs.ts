import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Entities of the catalog that records of patients point to. */

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

@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Organisation {
  @Field(() => ID)
  readonly id!: string;
}

/** Written by the community to inform; care plans name what suits them. */
@ObjectType({ simpleResolvers: true })
@Directive('@key(fields: "id", resolvable: false)')
export class Article {
  @Field(() => ID)
  readonly id!: string;
}
