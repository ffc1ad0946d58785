import { AccessLogPortsResolver } from '../common/access-log.ports.resolver.js';
import { patientsInCare } from '../common/care.port.js';
import { DataRightsPortsResolver } from '../common/data-rights.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import type { PharmacyApi } from './context.js';
import { pharmacyJobs } from './jobs.js';
import { pharmacyTables } from './migrations/0001-pharmacy.js';
import { pharmacyAccessLog } from './migrations/0002-access-log.js';
import { pharmacyDataRights } from './migrations/0003-data-rights.js';
import { pharmacyHandover } from './migrations/0004-handover.js';
import { pharmacyStock } from './migrations/0005-stock.js';
import { pharmacyPrescriptions } from './migrations/0006-prescription.js';
import { pharmacyPayments } from './migrations/0007-payment.js';
import { pharmacyShipments } from './migrations/0008-shipment.js';
import { pharmacyNotices } from './migrations/0009-notice.js';
import { pharmacyDataRightsOfMore } from './migrations/0010-data-rights.js';
import { pharmacyOrders } from './migrations/0011-order.js';
import { pharmacyOrderQueue } from './migrations/0012-order-queue.js';
import { NoticeEntity } from './notice/notice.entity.js';
import { NoticeLoader } from './notice/notice.loader.js';
import { NoticeResolver } from './notice/notice.resolver.js';
import { ClaimPortsResolver } from './order/claim.ports.resolver.js';
import { DeliveryLoader } from './order/delivery.loader.js';
import { applicationsWorkedOn } from './order/fund.port.js';
import { HandoverPortsResolver } from './order/handover.ports.resolver.js';
import { DrugOrderEntity } from './order/order.entity.js';
import { OrderLoader } from './order/order.loader.js';
import {
  ApplicationOrdersResolver,
  DrugOrderLineResolver,
  OrderResolver,
  PatientOrdersResolver,
} from './order/order.resolver.js';
import { DrugOrderLineEntity } from './order/order-line.entity.js';
import { StandingLoader } from './order/standing.loader.js';
import { PaymentEntity, RefundEntity } from './payment/payment.entity.js';
import { PaymentLoader } from './payment/payment.loader.js';
import { PaymentResolver } from './payment/payment.resolver.js';
import { SimulatedProvider } from './payment/simulated-provider.js';
import { PrescriptionEntity } from './prescription/prescription.entity.js';
import { PrescriptionLoader } from './prescription/prescription.loader.js';
import { PatientPrescriptionsResolver, PrescriptionResolver } from './prescription/prescription.resolver.js';
import { ShipmentEntity } from './shipment/shipment.entity.js';
import { ShipmentLoader } from './shipment/shipment.loader.js';
import { ShipmentResolver } from './shipment/shipment.resolver.js';
import { StockLotEntity } from './stock/lot.entity.js';
import { StockMovementEntity } from './stock/movement.entity.js';
import { StockLoader } from './stock/stock.loader.js';
import { LotRecallResolver, StockLotResolver, StockMovementResolver } from './stock/stock.resolver.js';
import { MedicineTermsEntity } from './stock/terms.entity.js';
import { TermsLoader } from './stock/terms.loader.js';
import { MedicineSupplyResolver } from './stock/terms.resolver.js';
import { Application, Patient } from './stubs.js';

/** Medicine from the order to the door. */
export const pharmacy: SubgraphDefinition<PharmacyApi> = {
  name: 'pharmacy',
  resolvers: [
    OrderResolver,
    DrugOrderLineResolver,
    ApplicationOrdersResolver,
    PatientOrdersResolver,
    PrescriptionResolver,
    PatientPrescriptionsResolver,
    PaymentResolver,
    ClaimPortsResolver,
    HandoverPortsResolver,
    ShipmentResolver,
    NoticeResolver,
    StockLotResolver,
    LotRecallResolver,
    StockMovementResolver,
    MedicineSupplyResolver,
    AccessLogPortsResolver,
    DataRightsPortsResolver,
  ],
  orphanedTypes: [Application, Patient],
  entities: [
    DrugOrderEntity,
    DrugOrderLineEntity,
    PrescriptionEntity,
    PaymentEntity,
    RefundEntity,
    ShipmentEntity,
    StockLotEntity,
    StockMovementEntity,
    MedicineTermsEntity,
    NoticeEntity,
  ],
  migrations: [
    pharmacyTables,
    pharmacyAccessLog,
    pharmacyDataRights,
    pharmacyHandover,
    pharmacyStock,
    pharmacyPrescriptions,
    pharmacyPayments,
    pharmacyShipments,
    pharmacyNotices,
    pharmacyDataRightsOfMore,
    pharmacyOrders,
    pharmacyOrderQueue,
  ],
  references: {
    DrugOrder: (id, { orders }) => orders.byId(id),
    Shipment: (id, { shipments }) => shipments.byId(id),
    Prescription: (id, { prescriptions }) => prescriptions.byId(id),
    Application: (id) => ({ id }),
    Medicine: (id) => ({ id }),
    Patient: (id) => ({ id }),
    StockLot: (id, { stock }) => stock.byId(id),
  },
  records: {
    DrugOrder: { PATIENT: 'own', CAREGIVER: 'in care', REVIEWER: 'assigned', PHARMACIST: 'all' },
    Shipment: {
      PATIENT: 'own',
      CAREGIVER: 'in care',
      REVIEWER: 'assigned',
      PHARMACIST: 'all',
      CARRIER: 'own parcels',
    },
    Prescription: { PATIENT: 'own', CAREGIVER: 'in care', PHYSICIAN: 'own, treated', PHARMACIST: 'all' },
    StockLot: { PHARMACIST: 'all' },
  },
  patientsInCare: async ({ identity, ask }) => (identity.roles.includes('CAREGIVER') ? patientsInCare(ask) : []),
  jobs: pharmacyJobs,
  api: ({ identity, session, ask }, database) => {
    // a reviewer sees the orders linked to applications they work on: which, the fund says
    const worksOn = async (applications: readonly string[]) =>
      session.reveal('applications', await applicationsWorkedOn(ask, applications));
    const orders = new OrderLoader(session, identity.roles.includes('REVIEWER') ? worksOn : undefined);
    return {
      notices: new NoticeLoader(session),
      orders,
      shipments: new ShipmentLoader(session),
      payments: new PaymentLoader(session),
      paymentProvider: new SimulatedProvider(session),
      standings: new StandingLoader(identity, ask),
      deliveries: new DeliveryLoader(ask),
      stock: new StockLoader(session, orders),
      terms: new TermsLoader(session, database),
      prescriptions: new PrescriptionLoader(session, identity, ask),
    };
  },
};
