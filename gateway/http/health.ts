/** What must be there to answer. */
interface Part {
  ready(): Promise<boolean>;
}

/** How a process is that answers the API. */
export interface HealthReport {
  readonly status: 'ready' | 'draining' | 'not ready';
  /** Whether each part answers, by its name. */
  readonly parts: Readonly<Record<string, boolean>>;
}

/** How several processes are that answer it together. */
export function allOf(reports: readonly HealthReport[]): HealthReport {
  const parts: Record<string, boolean> = {};
  for (const report of reports)
    for (const [name, answers] of Object.entries(report.parts)) parts[name] = answers && (parts[name] ?? true);
  const isReady = reports.length > 0 && reports.every(({ status }) => status === 'ready');
  const isDraining = reports.some(({ status }) => status === 'draining');
  return { status: isDraining ? 'draining' : isReady ? 'ready' : 'not ready', parts };
}

/** Whoever asks for health wants to know it now: what is silent for so long does not answer. */
const PATIENCE_MS = 2_000;

/** Which parts answer. However many ask at once, each part is asked once. */
export class Health {
  private asking?: Promise<Readonly<Record<string, boolean>>>;

  /** @param parts by name */
  constructor(private readonly parts: () => ReadonlyMap<string, Part>) {}

  check(): Promise<Readonly<Record<string, boolean>>> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<Readonly<Record<string, boolean>>> {
    const asked = [...this.parts()].map(async ([name, part]) => [name, await inTime(part.ready())] as const);
    return Object.fromEntries(await Promise.all(asked));
  }
}

/** Whether it is true within our patience. */
async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
