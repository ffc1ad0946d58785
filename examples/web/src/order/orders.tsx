import type { OrderFragment } from '../gql/graphql';
import { useLanguage } from '../language/language';
import { Curve } from './curve';

/** Orders of medicine, newest first as they come. */
export function Orders({ orders }: { readonly orders: readonly OrderFragment[] }) {
  const { words } = useLanguage();
  if (orders.length === 0) return <p>{words.noOrders}</p>;
  return (
    <ul className="orders">
      {orders.map((order, index) => (
        <li key={order.id}>
          <Order order={order} isFirst={index === 0} />
        </li>
      ))}
    </ul>
  );
}

function Order({ order, isFirst }: { readonly order: OrderFragment; readonly isFirst: boolean }) {
  const { words, format, nameOf } = useLanguage();
  const { number, status, placedAt, total, lines, shipment } = order;
  const isHeld = shipment?.status === 'QUARANTINED';
  const facts = [
    number,
    words.placedOn(format.day(placedAt)),
    shipment?.deliveredAt && words.deliveredOn(format.day(shipment.deliveredAt)),
    shipment?.trackingNumber && words.tracking(shipment.trackingNumber),
  ];
  return (
    <>
      <div className="order">
        <h3>
          {lines.map(({ id, quantity, medicine }) => (
            <span key={id}>
              {quantity} ×{' '}
              {medicine
                ? nameOf({ nameEn: medicine.genericNameEn, nameZh: medicine.genericNameZh })
                : words.medicineUnknown}
            </span>
          ))}
        </h3>
        <p className="total">{format.money(total)}</p>
        <p className={isHeld ? 'state warning' : 'state'}>
          {isHeld ? words.heldBack : (words.orderStatus[status] ?? status)}
        </p>
        <p className="facts">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {shipment?.temperatures && (
        <details className="cold" open={isFirst}>
          <summary>{words.curve}</summary>
          <Curve curve={shipment.temperatures} />
        </details>
      )}
    </>
  );
}
