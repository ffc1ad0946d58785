import { Field, ID, InputType } from 'type-graphql';

/** What is sent with whatever somebody writes. */
@InputType()
export abstract class WrittenInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The first time: under which name you will write, 2 to 30 letters, digits, spaces and . _ - ', not your real one. Left out, you are given one. It stays the same afterwards.",
  })
  pseudonym?: string;

  @Field(() => ID, {
    description: 'A key of your making, for example a new UUID: sending the same again does it once.',
  })
  idempotencyKey!: string;
}

/** What is sent with a story or a question. */
@InputType()
export abstract class NewPostInput extends WrittenInput {
  @Field(() => ID, { description: 'The disease that it is about, from `diseases`.' })
  diseaseId!: string;

  @Field(() => String, {
    description:
      'Title of 1 to 120 characters. Line breaks become spaces; control characters and marks that turn the direction of text are taken out.',
  })
  title!: string;

  @Field(() => String, {
    description:
      'The text in Markdown, 1 to 20,000 characters. Control characters but newline and tab, and marks that turn the direction of text, are taken out.',
  })
  body!: string;
}
