import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { checkedId } from '../../common/ids.js';
import type { PharmacyContext } from '../context.js';
import { Shipment } from './shipment.js';

const ShipmentConnection = connectionType(Shipment, 'shipments');

@Resolver(() => Shipment)
export class ShipmentResolver {
  @Query(() => Shipment, {
    nullable: true,
    description: 'For a carrier: one of its shipments by id; null when it carries none with this id.',
  })
  @RequiresScopes('shipment:report')
  shipment(
    @Arg('id', () => ID, { description: 'The id of the shipment.' }) id: string,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<Shipment | null> {
    return shipments.byId(checkedId(id));
  }

  @Query(() => ShipmentConnection, {
    nullable: true,
    description: 'For a carrier: the shipments it carries, newest first.',
  })
  @RequiresScopes('shipment:report')
  async shipments(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { shipments }: PharmacyContext,
  ): Promise<ConnectionSource<Shipment>> {
    const page = pageOf(args);
    return connection(await shipments.ofCarrier(page.after, page.first), page, () => shipments.countOfCarrier());
  }
}
