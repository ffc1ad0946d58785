/**
 * In jest `structuredClone` makes objects of another realm: their constructor is not the `Object` that modules see, and the
 * issuer's library would take a client's keys for none. Imported for that by whoever starts an issuer within a test.
 */
const clone = globalThis.structuredClone;

const ours = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ours);
  if (typeof value !== 'object' || value === null || value.constructor.name !== 'Object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ours(inner)]));
};

globalThis.structuredClone = ((value: unknown, ...options: unknown[]) =>
  ours(Reflect.apply(clone, undefined, [value, ...options]))) as typeof clone;

export {};
