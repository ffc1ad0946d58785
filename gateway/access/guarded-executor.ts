import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type { Identity } from '../../subgraphs/common/identity.js';
import { nullDenied } from './null-denied.js';
import type { PermitCache } from './permit-cache.js';

/**
 * The gateway's executor, running only what the caller may. The gateway keeps query plans by `queryHash`, a hash of the
 * query's text: unchanged, a plan made for somebody who may see a field would be run for somebody who may not.
 */
export function guardedExecutor(
  execute: GatewayExecutor,
  permits: () => PermitCache,
  identityOf: (request: GatewayGraphQLRequestContext) => Identity,
): GatewayExecutor {
  return async (request) => {
    const permitted = permits().permit(request.document, request.operationName, identityOf(request));
    if (permitted.denied.size === 0) return execute(request);
    const result = await execute({
      ...request,
      document: permitted.document,
      queryHash: `${request.queryHash}:${permitted.planKey}`,
    });
    return nullDenied(result, permitted);
  };
}
