import type { SubgraphContext } from '../common/context.js';
import type { OrderLoader } from './order/order.loader.js';
import type { StandingLoader } from './order/standing.loader.js';
import type { ShipmentLoader } from './shipment/shipment.loader.js';

/** What the pharmacy subgraph's resolvers work with. */
export interface PharmacyApi {
  readonly orders: OrderLoader;
  readonly shipments: ShipmentLoader;
  readonly standings: StandingLoader;
}

export type PharmacyContext = SubgraphContext & PharmacyApi;
