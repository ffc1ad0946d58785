/** Something that keeps a program from running and that its user can mend: the message is one sentence for them. */
export class Refusal extends Error {}
