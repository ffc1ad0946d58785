/**
 * Where a service decides whose records somebody may touch: every such check goes through here, and no other does. Row-level
 * security must hold without it; a test build replaces this file by one that never refuses, and the tests of access pass all
 * the same.
 *
 * @param refusal made and thrown when it is not allowed
 */
export function ensureAllowed(allowed: boolean, refusal: () => Error): asserts allowed {
  if (!allowed) throw refusal();
}
