/** What the development issuer remembers between requests: sessions, sign-ins under way, codes. Lost at a restart. */
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** So that many sign-ins (a load test) cannot fill the memory; the oldest go first. */
const MOST_ENTRIES = 20_000;

/** The model that remembers which clients' assertions were used. */
const USED_ASSERTION = 'ReplayDetection';

/** A store for one issuer. oidc-provider asks for one adapter a model; they share the map, and so its limit. */
export function createInMemoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>();

  // apart from what anybody can fill: whoever began many sign-ins could otherwise push out an assertion and use it again
  const assertions = new Map<string, Entry>();

  /** Between looking and writing another request may have come: only here is an assertion used once. */
  const spendAssertion = (id: string, entry: Entry): void => {
    const now = Date.now();
    for (const [key, { expiresAt }] of assertions) {
      if (expiresAt > now) break;
      assertions.delete(key);
    }
    if (assertions.has(id)) throw new errors.InvalidClientAuth('a client assertion must be used only once');
    if (assertions.size >= MOST_ENTRIES)
      throw new errors.TemporarilyUnavailable('too many clients have signed in just now');
    assertions.set(id, entry);
  };

  const keep = (key: string, entry: Entry): void => {
    entries.delete(key);
    entries.set(key, entry);
    const oldest = entries.keys().next().value;
    if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
  };
  const recall = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry && entry.expiresAt > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };

  return (model: string): Adapter => {
    const byId = (id: string) => `${model}:${id}`;
    const byUid = (uid: string) => `${model}.uid:${uid}`;
    return {
      async upsert(id, payload, expiresIn) {
        const entry = { payload, expiresAt: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 };
        if (model === USED_ASSERTION) return spendAssertion(id, entry);
        keep(byId(id), entry);
        if (model === 'Session' && payload.uid) keep(byUid(payload.uid), entry);
      },
      async find(id) {
        if (model === USED_ASSERTION) return assertions.get(id)?.payload;
        return recall(byId(id));
      },
      async findByUid(uid) {
        return recall(byUid(uid));
      },
      async findByUserCode() {
        // Only the device flow has user codes, and it is switched off.
        return undefined;
      },
      async consume(id) {
        const payload = recall(byId(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        const uid = recall(byId(id))?.uid;
        entries.delete(byId(id));
        if (uid) entries.delete(byUid(uid));
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
      },
    };
  };
}
