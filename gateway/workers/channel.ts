/** What a process answers to another, by name. All that comes and goes is JSON: `undefined` arrives as `null`. */
export type Answers<Of> = { readonly [Name in keyof Of]: (...args: never[]) => unknown };

type Asked<Of, Name extends keyof Of> = Of[Name] extends (...args: infer Args) => infer Answer
  ? { readonly args: Args; readonly answer: Awaited<Answer> }
  : never;

/** Many questions and answers in one message. A question of number 0 wants no answer. */
interface Message {
  readonly asked: (readonly [number: number, name: string, args: readonly unknown[]])[];
  readonly answered: (readonly [number: number, answer: unknown, failed?: true])[];
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/**
 * One end of the way between two processes. What is said in one turn of the event loop goes out in one message, and in the order in
 * which it was said.
 */
export class Channel<Other extends Answers<Other>> {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private unsent?: Message;

  /** @param answers what the other end may ask of this one */
  constructor(
    private readonly send: (message: object) => void,
    private readonly answers: Readonly<Record<string, (...args: never[]) => unknown>>,
  ) {}

  /** @throws when there is no answer, or can be none any more */
  ask<Name extends keyof Other & string>(
    name: Name,
    ...args: Asked<Other, Name>['args']
  ): Promise<Asked<Other, Name>['answer']> {
    const number = ++this.asked;
    this.outgoing().asked.push([number, name, args]);
    return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }));
  }

  /** As `ask`, without waiting for anything. */
  tell<Name extends keyof Other & string>(name: Name, ...args: Asked<Other, Name>['args']): void {
    this.outgoing().asked.push([0, name, args]);
  }

  /** To be called with every message that comes. */
  take(message: unknown): void {
    const { asked, answered } = message as Message;
    for (const [number, answer, failed] of answered) {
      const waiting = this.waiting.get(number);
      this.waiting.delete(number);
      if (failed) waiting?.reject(new Error('The other process could not answer.'));
      else waiting?.resolve(answer as never);
    }
    for (const each of asked) this.answer(...each);
  }

  /** The other end is gone. */
  end(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('The other process has ended.'));
    this.waiting.clear();
  }

  private answer(number: number, name: string, args: readonly unknown[]): void {
    const done = (answer: unknown, failed?: true) => {
      if (number > 0) this.outgoing().answered.push(failed ? [number, null, failed] : [number, answer]);
    };
    try {
      const answer = this.answers[name]?.(...(args as never[]));
      if (answer instanceof Promise) answer.then(done, () => done(null, true));
      else done(answer);
    } catch {
      done(null, true);
    }
  }

  private outgoing(): Message {
    if (!this.unsent) {
      this.unsent = { asked: [], answered: [] };
      setImmediate(() => {
        const message = this.unsent;
        this.unsent = undefined;
        if (message) this.send(message);
      });
    }
    return this.unsent;
  }
}
