import { AccessLogPortsResolver } from '../common/access-log.ports.resolver.js';
import { patientsInCare } from '../common/care.port.js';
import { DataRightsPortsResolver } from '../common/data-rights.js';
import type { SubgraphDefinition } from '../common/subgraph.js';
import type { PharmacyApi } from './context.js';
import { pharmacyTables } from './migrations/0001-pharmacy.js';
import { pharmacyAccessLog } from './migrations/0002-access-log.js';
import { pharmacyDataRights } from './migrations/0003-data-rights.js';
import { pharmacyHandover } from './migrations/0004-handover.js';
import { ClaimPortsResolver } from './order/claim.ports.resolver.js';
import { applicationsWorkedOn } from './order/fund.port.js';
import { HandoverPortsResolver } from './order/handover.ports.resolver.js';
import { DrugOrderEntity } from './order/order.entity.js';
import { OrderLoader } from './order/order.loader.js';
import { ApplicationOrdersResolver, OrderResolver, PatientOrdersResolver } from './order/order.resolver.js';
import { DrugOrderLineEntity } from './order/order-line.entity.js';
import { StandingLoader } from './order/standing.loader.js';
import { ShipmentEntity } from './shipment/shipment.entity.js';
import { ShipmentLoader } from './shipment/shipment.loader.js';
import { ShipmentResolver } from './shipment/shipment.resolver.js';
import { Application, Patient } from './stubs.js';

/** Medicine from the order to the door. */
export const pharmacy: SubgraphDefinition<PharmacyApi> = {
  name: 'pharmacy',
  resolvers: [
    OrderResolver,
    ApplicationOrdersResolver,
    PatientOrdersResolver,
    ClaimPortsResolver,
    HandoverPortsResolver,
    ShipmentResolver,
    AccessLogPortsResolver,
    DataRightsPortsResolver,
  ],
  orphanedTypes: [Application, Patient],
  entities: [DrugOrderEntity, DrugOrderLineEntity, ShipmentEntity],
  migrations: [pharmacyTables, pharmacyAccessLog, pharmacyDataRights, pharmacyHandover],
  references: {
    DrugOrder: (id, { orders }) => orders.byId(id),
    Shipment: (id, { shipments }) => shipments.byId(id),
    Application: (id) => ({ id }),
    Patient: (id) => ({ id }),
  },
  patientsInCare: async ({ identity, ask }) => (identity.roles.includes('CAREGIVER') ? patientsInCare(ask) : []),
  api: ({ identity, session, ask }) => {
    // a reviewer sees the orders linked to applications they work on: which, the fund says
    const worksOn = async (applications: readonly string[]) =>
      session.reveal('applications', await applicationsWorkedOn(ask, applications));
    return {
      orders: new OrderLoader(session, identity.roles.includes('REVIEWER') ? worksOn : undefined),
      shipments: new ShipmentLoader(session),
      standings: new StandingLoader(identity, ask),
    };
  },
};
