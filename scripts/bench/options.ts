import { parseArgs } from 'node:util';
import { Refusal } from '../../subgraphs/common/refusal.js';

/** What is measured, in this order, unless one is named. */
export const PARTS = ['main', 'loader', 'gateway', 'apart', 'layer', 'start'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Whether what was found is kept in `docs/performance.md`. */
  readonly write: boolean;
  readonly patients: number;
  /** Requests under way at any time. */
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  /** Each variant is measured so often, in turns; the median counts. */
  readonly rounds: number;
  /** Different patients that ask. */
  readonly callers: number;
  /** Where to leave a CPU profile of the one process; only that is measured then. */
  readonly profile?: string;
}

export const USAGE = `Usage: npm run bench -- [${PARTS.join('|')}|scale|fund|readings|community] [--seconds S] [--warm-up S] [--connections C] [--patients N] [--rounds R] [--short] [--write] [--profile FOLDER]`;

/** Enough that in every variant the processors are busy and not waiting: with 16, one process leaves a sixth of them idle. */
const USUAL_CONNECTIONS = 32;

const LONG = { seconds: 6, 'warm-up': 4, rounds: 3 } as const;
const SHORT = { seconds: 2, 'warm-up': 2, rounds: 1 } as const;

/** @throws {Refusal} for what is no option, or no number that makes sense */
export function readOptions(args: readonly string[], parts: readonly Part[] = PARTS): BenchOptions {
  const text = { type: 'string' } as const;
  const options = {
    ...{ seconds: text, 'warm-up': text, connections: text, patients: text, rounds: text, profile: text },
    short: { type: 'boolean' },
    write: { type: 'boolean', default: false },
  } as const;
  const { values } = parse(() => parseArgs({ args: [...args], options }));
  const usual = values.short ? SHORT : LONG;
  return {
    parts,
    write: values.write ?? false,
    patients: number('patients', values.patients, 10_000, 1_000_000),
    connections: number('connections', values.connections, USUAL_CONNECTIONS, 1_000),
    warmUpSeconds: number('warm-up', values['warm-up'], usual['warm-up'], 60),
    measureSeconds: number('seconds', values.seconds, usual.seconds, 300),
    rounds: number('rounds', values.rounds, usual.rounds, 10),
    callers: 500,
    profile: values.profile,
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new Refusal(USAGE);
  }
}

function number(name: string, given: string | undefined, usual: number, most: number): number {
  if (given === undefined) return usual;
  const value = /^\d{1,8}$/.test(given) ? Number(given) : 0;
  if (value < 1 || value > most) throw new Refusal(`--${name} is a whole number from 1 to ${most}.\n${USAGE}`);
  return value;
}
