import { Readable } from 'node:stream';
import { AwsClient } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import { Agent, type Dispatcher, request } from 'undici';
import type { S3Settings } from '../../common/settings.js';
import type { DocumentStore, ObjectContent, StoredObject } from './document-store.js';

const TIMEOUT_MS = 30_000;
/** Our objects' keys begin with it: what else lies in the bucket is not ours to tidy up. */
const PREFIX = 'documents/';

/** What a listing says of its objects. */
interface Listing {
  readonly ListBucketResult?: {
    readonly IsTruncated?: boolean | string;
    readonly NextContinuationToken?: string;
    readonly Contents?: readonly { readonly Key: string; readonly LastModified: string }[];
  };
}

/** The store did not do what it was asked; says which status it gave and nothing of the object. */
class StoreFailed extends Error {
  constructor(doing: string, status: number) {
    super(`${doing} failed: the store answered ${status}`);
    this.name = 'StoreFailed';
  }
}

/**
 * Objects in a bucket of S3 or of a server that speaks as S3 does, addressed by path. Each request is signed (AWS Signature
 * Version 4) but for its body, which is encrypted and so guards itself. An object whose upload breaks off is not stored.
 */
export class S3Store implements DocumentStore {
  private readonly client: AwsClient;
  private readonly bucket: string;
  private readonly agent = new Agent({
    connections: 32,
    connectTimeout: TIMEOUT_MS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  private readonly xml = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });

  constructor({ url, bucket, region, accessKeyId, secretAccessKey }: S3Settings) {
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
    this.bucket = `${url.replace(/\/+$/, '')}/${bucket}`;
  }

  async put(key: string, content: AsyncIterable<Uint8Array>, byteSize: number): Promise<void> {
    const body = Readable.from(content, { objectMode: false });
    const answer = await this.send('PUT', `/${PREFIX}${key}`, {
      body,
      headers: { 'content-length': String(byteSize) },
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new StoreFailed('Storing', answer.statusCode);
  }

  async get(key: string): Promise<ObjectContent | null> {
    const answer = await this.send('GET', `/${PREFIX}${key}`);
    if (answer.statusCode === 200) {
      return { byteSize: Number(answer.headers['content-length']), content: answer.body };
    }
    await answer.body.dump();
    if (answer.statusCode === 404) return null;
    throw new StoreFailed('Reading', answer.statusCode);
  }

  async delete(key: string): Promise<void> {
    const answer = await this.send('DELETE', `/${PREFIX}${key}`);
    await answer.body.dump();
    if (answer.statusCode >= 300 && answer.statusCode !== 404) throw new StoreFailed('Removing', answer.statusCode);
  }

  async *list(): AsyncGenerator<StoredObject> {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query: string = next && `&continuation-token=${encodeURIComponent(next)}`;
      const answer: Dispatcher.ResponseData = await this.send(
        'GET',
        `?list-type=2&prefix=${encodeURIComponent(PREFIX)}${query}`,
      );
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new StoreFailed('Listing', answer.statusCode);
      const page = (this.xml.parse(text) as Listing).ListBucketResult;
      for (const { Key, LastModified } of page?.Contents ?? [])
        yield { key: Key.slice(PREFIX.length), changedAt: new Date(LastModified) };
      next = page?.NextContinuationToken;
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async send(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    { body, headers = {} }: { body?: Readable; headers?: Record<string, string> } = {},
  ): Promise<Dispatcher.ResponseData> {
    const signed = await this.client.sign(this.bucket + path, { method });
    return request(signed.url, {
      dispatcher: this.agent,
      method,
      headers: { ...Object.fromEntries(signed.headers), ...headers },
      body,
    });
  }
}
