/**
 * The main query (schema/operations/ApplicationOverview.graphql) for its patient, written by hand: PostgreSQL makes the
 * whole answer. It looks into all five schemas, as no subgraph may; it is what the rest is measured against.
 */

const moment = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const money = (fen: string) => `json_build_object('amount', round(${fen} / 100.0, 2)::text, 'currency', 'CNY')`;
const list = (of: string, order: string) => `coalesce(json_agg(${of} order by ${order}), '[]')`;

const TIMELINE = `(
  select ${list(
    `json_build_object('id', e.id, 'status', e.status, 'at', ${moment('e.at')}, 'byRole', e.by_role, 'note', e.note)`,
    'e.id',
  )} from fund.application_event e where e.application_id = a.id)`;

const REVIEWS = `(
  select ${list(
    `json_build_object('id', r.id, 'stage', r.stage, 'decision', r.decision, 'reason', r.reason,
       'decidedAt', ${moment('r.decided_at')})`,
    'r.id',
  )} from fund.review r where r.application_id = a.id)`;

const GRANT = `(
  select json_build_object('id', g.id, 'status', g.status, 'tier', g.tier,
    'maximum', ${money('g.maximum_fen')}, 'paid', ${money('g.paid_fen')})
  from fund.aid_grant g where g.application_id = a.id)`;

const STORIES = `(
  select ${list(
    `json_build_object('id', s.id, 'title', s.title,
       'author', json_build_object('pseudonym', s.pseudonym, 'badge', s.badge), 'publishedAt', ${moment('s.published_at')})`,
    's.published_at desc, s.id desc',
  )} from (
    select * from community.post where kind = 'STORY' and depth = 0 and disease_id = a.disease_id and status = 'PUBLISHED'
    order by published_at desc, id desc limit 3) s)`;

const DISEASE = `(
  select json_build_object('id', d.id, 'catalogNo', d.catalog_no, 'nameEn', d.name_en, 'nameZh', d.name_zh,
    'stories', json_build_object('nodes', ${STORIES}))
  from catalog.disease d where d.id = a.disease_id)`;

const ANNUAL_AID = `(
  select json_build_object('year', year, 'cap', ${money('cap')}, 'granted', ${money('granted')},
    'paid', ${money('paid')}, 'remaining', ${money('(cap - granted)')})
  from (
    select asked.year, coalesce(aid.granted_fen, 0) as granted, coalesce(aid.paid_fen, 0) as paid,
      coalesce(aid.cap_fen, (select annual_cap_fen from fund.aid_policy
        where effective_from <= make_date(asked.year, 12, 31) order by effective_from desc limit 1)) as cap
    from (select coalesce($3::int, extract(year from now() at time zone 'Asia/Shanghai')::int) as year) asked
    left join fund.annual_aid aid on aid.patient_id = a.patient_id and aid.aid_year = asked.year) known)`;

const PATIENT = `(
  select json_build_object('id', p.id, 'displayName', p.display_name, 'annualAid', ${ANNUAL_AID})
  from patient.patient p where p.id = a.patient_id)`;

const LINE = `json_build_object('id', l.id, 'quantity', l.quantity, 'unitPrice', ${money('l.unit_price_fen')},
  'medicine', json_build_object('id', m.id, 'genericNameEn', m.generic_name_en, 'genericNameZh', m.generic_name_zh,
    'storage', m.storage))`;

const SHIPMENT = `(
  select json_build_object('id', s.id, 'status', s.status, 'trackingNumber', s.tracking_number, 'coldChain', s.cold_chain,
    'shippedAt', ${moment('s.shipped_at')}, 'deliveredAt', ${moment('s.delivered_at')})
  from pharmacy.shipment s where s.order_id = o.id order by s.id desc limit 1)`;

const DRUG_ORDERS = `(
  select ${list(
    `json_build_object('id', o.id, 'number', o.number, 'status', o.status, 'placedAt', ${moment('o.placed_at')},
       'total', ${money('sold.total')}, 'lines', sold.lines, 'shipment', ${SHIPMENT})`,
    'o.id desc',
  )} from pharmacy.drug_order o cross join lateral (
    select sum(l.quantity * l.unit_price_fen) as total, ${list(LINE, 'l.id')} as lines
    from pharmacy.drug_order_line l join catalog.medicine m on m.id = l.medicine_id where l.order_id = o.id) sold
  where o.application_id = a.id)`;

const ALLOWED_ACTIONS = `case
  when a.status in ('DRAFT', 'INFORMATION_REQUESTED') then '["SUBMIT","WITHDRAW"]'::json
  when a.status in ('SUBMITTED', 'IN_REVIEW', 'WAITLISTED') then '["WITHDRAW"]'
  when a.status = 'REJECTED' and a.round = 1 and a.deadline_at > now() then '["APPEAL"]'
  when exists (select from fund.aid_grant g where g.application_id = a.id and g.status = 'ACTIVE') then '["ENTER_CLAIM"]'
  else '[]' end`;

/** Values: the application's id, the patient's subject, the year or null. One row with the text of the answer. */
export const FLOOR = {
  name: 'application-overview',
  text: `select json_build_object('data', json_build_object('application', (
    select json_build_object(
      'id', a.id, 'number', a.number, 'status', a.status, 'aidYear', a.aid_year, 'deadlineAt', ${moment('a.deadline_at')},
      'allowedActions', ${ALLOWED_ACTIONS}, 'version', a.version, 'expectedExpense', ${money('a.expected_expense_fen')},
      'timeline', ${TIMELINE}, 'reviews', ${REVIEWS}, 'grant', ${GRANT}, 'disease', ${DISEASE}, 'patient', ${PATIENT},
      'drugOrders', ${DRUG_ORDERS})
    from fund.application a where a.id = $1 and a.patient_subject = $2)))::text as answer`,
};
