import { describeError, log } from './log.js';
import type { Settings } from './settings.js';
import { isSampled, isTrace, traceIdOf, traceOf, withinSpan } from './trace.js';

/** A piece of work that has ended. Attributes are names from our own schema and numbers, never values. */
export interface EndedSpan {
  readonly name: string;
  /** Its own `traceparent`. */
  readonly trace: string;
  /** That of the work it is a part of; left out where a trace begins with it. */
  readonly parent?: string;
  readonly kind?: 'SERVER' | 'CLIENT' | 'INTERNAL';
  readonly attributes: Readonly<Record<string, string | number>>;
  /** When it began, by `performance.now()`. It ends when it is recorded. */
  readonly began: number;
  readonly failed: boolean;
}

let send: ((span: EndedSpan) => void) | undefined;

/** Whether traces are sent anywhere: where not, nobody need work out what to tell. */
export const isTracing = (): boolean => send !== undefined;

/** Hands in a piece of work that has ended just now, unless its trace is not to be kept. */
export function recordSpan(span: EndedSpan): void {
  if (send && isSampled(span.trace)) send(span);
}

/** Does a piece of work as a span of a trace. @param trace the `traceparent` it is part of; `run` gets its own */
export async function traced<T>(
  name: string,
  trace: string,
  attributes: Readonly<Record<string, string>>,
  run: (trace: string) => Promise<T>,
  kind: EndedSpan['kind'] = 'INTERNAL',
): Promise<T> {
  if (!send) return run(trace);
  const own = traceOf(trace);
  const began = performance.now();
  let failed = true;
  try {
    const result = await withinSpan(own, () => run(own));
    failed = false;
    return result;
  } finally {
    recordSpan({ name, trace: own, ...(isTrace(trace) && { parent: trace }), kind, attributes, began, failed });
  }
}

/** After which a collector counts as silent, and the most that a process which ends waits for it. */
const SEND_TIMEOUT_MS = 3_000;

/**
 * Begins to send traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says; without it nothing, and nothing is loaded.
 *
 * @param service `gateway`, or a subgraph's name
 * @returns sends what is left and stops
 */
export async function startTracing(
  { otlpUrl }: Pick<Settings, 'otlpUrl'>,
  service: string,
): Promise<() => Promise<void>> {
  if (!otlpUrl) return async () => undefined;
  const [api, { Resource }, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: `${otlpUrl.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: SEND_TIMEOUT_MS,
  });
  // a span is handed over when it has ended, under the id that was told to others while it went on
  const ids = { trace: '', span: '' };
  const provider = new sdk.BasicTracerProvider({
    resource: new Resource({ 'service.namespace': 'care', 'service.name': service }),
    // whether a trace is kept was decided where it began
    sampler: new sdk.AlwaysOnSampler(),
    idGenerator: { generateTraceId: () => ids.trace, generateSpanId: () => ids.span },
    spanProcessors: [new sdk.BatchSpanProcessor(saysWhenLost(exporter), { exportTimeoutMillis: SEND_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('care');
  send = ({ name, trace, parent, kind = 'INTERNAL', attributes, began, failed }) => {
    ids.trace = traceIdOf(trace);
    ids.span = spanIdOf(trace);
    const within = parent
      ? api.trace.setSpanContext(api.ROOT_CONTEXT, {
          traceId: ids.trace,
          spanId: spanIdOf(parent),
          traceFlags: api.TraceFlags.SAMPLED,
          isRemote: true,
        })
      : api.ROOT_CONTEXT;
    const span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes, startTime: began }, within);
    if (failed) span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.end(performance.now());
  };
  return async () => {
    send = undefined;
    await provider.shutdown().catch(() => undefined);
  };
}

const spanIdOf = (trace: string): string => trace.split('-')[2] ?? '';

interface Exports<Span> {
  export(spans: Span[], done: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

/** A collector that is away costs traces and nothing else; it is said once, and once that it is back. */
function saysWhenLost<Span>(exporter: Exports<Span>): Exports<Span> {
  let lost = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (lost !== (result.code !== 0)) {
          lost = !lost;
          if (lost) log.warn(describeError(result.error), 'traces cannot be sent');
          else log.info('traces are sent again');
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
