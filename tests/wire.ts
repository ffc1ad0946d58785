import type { Answer } from './client.js';

/** What came back for a request, as it was. */
export interface Sent {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Empty when it is no JSON. */
  readonly body: Partial<Answer>;
  readonly headers: Headers;
}

/** Sends what no client should, and keeps every answer. */
export class Wire {
  readonly answers: Sent[] = [];

  constructor(private readonly url: string) {}

  async send(path: string, init: RequestInit = {}): Promise<Sent> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const body = type.includes('json') ? (JSON.parse(text) as Partial<Answer>) : {};
    const sent = { status: response.status, type, text, body, headers: response.headers };
    this.answers.push(sent);
    return sent;
  }
}
