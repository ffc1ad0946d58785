import { type Adapter, type AdapterFactory, errors } from 'oidc-provider';
import { type SignIns, USED_ASSERTION } from './sign-ins.js';

/** A store for one issuer, as its library wants it. It asks for one adapter a model; they share what is remembered. */
export const createAdapter =
  (signIns: SignIns): AdapterFactory =>
  (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      if (model !== USED_ASSERTION) return signIns.keep(model, id, payload, expiresIn);
      const spent = await signIns.spendAssertion(id, payload, expiresIn);
      if (spent === 'used before') throw new errors.InvalidClientAuth('a client assertion must be used only once');
      if (spent === 'too many') throw new errors.TemporarilyUnavailable('too many clients have signed in just now');
    },
    find: async (id) => signIns.find(model, id),
    findByUid: async (uid) => signIns.findByUid(model, uid),
    async findByUserCode() {
      // Only the device flow has user codes, and it is switched off.
      return undefined;
    },
    consume: async (id) => signIns.consume(model, id),
    destroy: async (id) => signIns.destroy(model, id),
    revokeByGrantId: async (grantId) => signIns.revoke(grantId),
  });
