import type { SubgraphContext } from '../common/context.js';
import type { NoticeLoader } from './notice/notice.loader.js';
import type { DeliveryLoader } from './order/delivery.loader.js';
import type { OrderLoader } from './order/order.loader.js';
import type { StandingLoader } from './order/standing.loader.js';
import type { PaymentLoader } from './payment/payment.loader.js';
import type { PaymentProvider } from './payment/provider.js';
import type { PrescriptionLoader } from './prescription/prescription.loader.js';
import type { ShipmentLoader } from './shipment/shipment.loader.js';
import type { StockLoader } from './stock/stock.loader.js';
import type { TermsLoader } from './stock/terms.loader.js';

/** What the pharmacy subgraph's resolvers work with. */
export interface PharmacyApi {
  readonly notices: NoticeLoader;
  readonly orders: OrderLoader;
  readonly deliveries: DeliveryLoader;
  readonly shipments: ShipmentLoader;
  readonly payments: PaymentLoader;
  /** Told and asked by jobs alone: the simulated one shows nobody else anything. */
  readonly paymentProvider: PaymentProvider;
  readonly standings: StandingLoader;
  readonly stock: StockLoader;
  readonly terms: TermsLoader;
  readonly prescriptions: PrescriptionLoader;
}

export type PharmacyContext = SubgraphContext & PharmacyApi;
