import { ClientError, GraphQLClient } from 'graphql-request';
import { partnerOfClient } from '../gateway/identity/demo-people.js';
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
    /** Where this one's questions are answered. */
    readonly path: '/graphql' | '/partner/graphql' = '/graphql',
  ) {}

  /**
   * Signs in as a demo person or partner: people ask at `/graphql`, partners at `/partner/graphql`.
   *
   * @param keysDir the keys of the API, for partners' clients that prove themselves by one
   */
  static async named(name: string, url: string, keysDir?: string): Promise<Person> {
    const path = partnerOfClient(name) ? '/partner/graphql' : '/graphql';
    return new Person(url, await accessTokenFor(name, url, keysDir), path);
  }

  async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const client = new GraphQLClient(this.url + this.path, {
      errorPolicy: 'all',
      // its own would make objects of another realm in jest, which are not deeply equal to ours
      jsonSerializer: JSON,
      excludeOperationName: true,
      headers: this.token ? { authorization: `Bearer ${this.token}` } : {},
    });
    const response = await client.rawRequest(query, variables, headers).catch((error: unknown) => {
      if (error instanceof ClientError) return error.response;
      throw error;
    });
    const { status, data, errors = [], extensions, headers: answered } = response as unknown as Answer;
    return { status, data, errors, extensions, headers: answered };
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
