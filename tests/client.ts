import { accessTokenFor } from '../gateway/identity/sign-in.js';

/** An answer of the API, with what a test looks at. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads an answer as a client without types would
  readonly data: any;
  readonly errors: { message: string; path?: (string | number)[]; extensions: { code: string; traceId?: string } }[];
  readonly extensions: Record<string, unknown> | undefined;
  readonly headers: Headers;
}

/** Somebody who uses the API, through the gateway, with a real token. */
export class Person {
  constructor(
    private readonly url: string,
    readonly token?: string,
  ) {}

  /** Signs in as a demo person or partner. */
  static async named(name: string, url: string): Promise<Person> {
    return new Person(url, await accessTokenFor(name, url));
  }

  async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    // parsed here: in jest `response.json()` makes objects of another realm, which are not deeply equal to ours
    const body = JSON.parse(await response.text()) as Partial<Answer>;
    return {
      status: response.status,
      data: body.data,
      errors: body.errors ?? [],
      extensions: body.extensions,
      headers: response.headers,
    };
  }

  /** Sends a mutation with one `input`; a fresh idempotency key unless the input has one. */
  mutate(mutation: string, input: Record<string, unknown>, selection: string): Promise<Answer> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    return this.ask(
      `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... on UserError { code message path } ${selection} } }`,
      { input: { idempotencyKey: crypto.randomUUID(), ...input } },
    );
  }

  /** Does something by a mutation with one `input`, and gives the union's member. @throws on any error */
  async does(mutation: string, input: Record<string, unknown>, selection: string) {
    const { data, errors } = await this.mutate(mutation, input, selection);
    if (errors.length > 0) throw new Error(`${mutation}: ${JSON.stringify(errors)}`);
    return data[mutation];
  }
}
