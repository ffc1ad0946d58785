/** The floor, as a program: `node:http`, `pg` and one statement; no GraphQL, and who asks is believed. */
import { createServer } from 'node:http';
import { Pool } from 'pg';
import { countStatement, registry } from '../../subgraphs/common/metrics.js';
import { FLOOR } from './floor.sql.js';

interface Question {
  readonly id: string;
  readonly subject: string;
  readonly year: number | null;
}

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c TimeZone=UTC' });

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    response.end(await registry.metrics());
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { id, subject, year } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Question;
  countStatement('floor');
  const { rows } = await pool.query<{ answer: string }>({ ...FLOOR, values: [id, subject, year] });
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(rows[0]?.answer);
});

process.on('SIGTERM', () => process.exit(0));
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
