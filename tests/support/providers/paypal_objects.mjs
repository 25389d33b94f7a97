// PayPal's resources as its API shows them. Amounts come as minor units and leave as texts.
import { decimalText, sum } from './money.mjs';
import { placesOf } from './paypal_checks.mjs';

export const amountOf = (minor, currency) => ({ currency_code: currency, value: decimalText(minor, placesOf(currency)) });

export const givenBack = ({ refunds }) => sum(refunds.filter(({ status }) => status === 'COMPLETED').map(({ minor }) => minor));

const link = (href, rel, method = 'GET') => ({ href, rel, method });

const payer = (order) => ({
  name: { given_name: 'Quien', surname: 'Paga' }, email_address: 'quien.paga@ejemplo.com', payer_id: order.payerId, address: { country_code: 'MX' },
});

const references = ({ unit }) => ({
  ...(unit.custom_id === undefined ? {} : { custom_id: unit.custom_id }), ...(unit.invoice_id === undefined ? {} : { invoice_id: unit.invoice_id }),
});

export function captureObject(order, url, { withOrder = true } = {}) {
  const { capture, currency } = order;
  const self = `${url}/v2/payments/captures/${capture.id}`;
  return {
    id: capture.id, status: capture.status, ...(capture.status === 'PENDING' ? { status_details: { reason: 'PENDING_REVIEW' } } : {}),
    amount: amountOf(order.minor, currency), final_capture: true,
    seller_protection: { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] },
    seller_receivable_breakdown: { gross_amount: amountOf(order.minor, currency), paypal_fee: amountOf(0, currency), net_amount: amountOf(order.minor, currency) },
    ...references(order), ...(withOrder ? { payee: order.payee, supplementary_data: { related_ids: { order_id: order.id } } } : {}),
    links: [link(self, 'self'), link(`${self}/refund`, 'refund', 'POST'), link(`${url}/v2/checkout/orders/${order.id}`, 'up')],
    create_time: capture.made, update_time: capture.updated,
  };
}

export function refundObject(order, refund, url) {
  const { currency } = order;
  const given = amountOf(refund.minor, currency);
  return {
    id: refund.id, amount: given, status: refund.status, ...references(order),
    seller_payable_breakdown: { gross_amount: given, paypal_fee: amountOf(0, currency), net_amount: given, total_refunded_amount: amountOf(givenBack(order), currency) },
    links: [link(`${url}/v2/payments/refunds/${refund.id}`, 'self'), link(`${url}/v2/payments/captures/${order.capture.id}`, 'up')],
    create_time: refund.made, update_time: refund.updated,
  };
}

function payments(order, url) {
  if (!order.capture) return {};
  return {
    payments: {
      captures: [captureObject(order, url, { withOrder: false })],
      ...(order.refunds.length > 0 ? { refunds: order.refunds.map((refund) => refundObject(order, refund, url)) } : {}),
    },
  };
}

function orderLinks(order, url, checkoutPath) {
  const self = `${url}/v2/checkout/orders/${order.id}`;
  const pay = link(`${url}${checkoutPath}?token=${order.id}`, order.body.payment_source ? 'payer-action' : 'approve');
  if (order.status === 'COMPLETED') return [link(self, 'self')];
  if (order.status === 'APPROVED') return [link(self, 'self'), link(`${self}/capture`, 'capture', 'POST')];
  return [link(self, 'self'), pay];
}

function source(order) {
  if (!order.body.payment_source) return {};
  return { payment_source: { paypal: order.payerId ? { email_address: payer(order).email_address, account_id: order.payerId } : {} } };
}

export function orderObject(order, { url, checkoutPath }) {
  const { unit } = order;
  return {
    id: order.id, intent: 'CAPTURE', status: order.status, ...source(order),
    purchase_units: [{
      ...unit, reference_id: unit.reference_id ?? 'default', amount: { ...unit.amount, ...amountOf(order.minor, order.currency) }, payee: order.payee, ...payments(order, url),
    }],
    ...(order.payerId ? { payer: payer(order) } : {}), create_time: order.made, update_time: order.updated, links: orderLinks(order, url, checkoutPath),
  };
}

// Without "Prefer: return=representation".
export function orderSummary(order, { url, checkoutPath }) {
  const summary = { id: order.id, status: order.status, ...source(order), links: orderLinks(order, url, checkoutPath) };
  if (!order.capture) return summary;
  return { ...summary, purchase_units: [{ reference_id: order.unit.reference_id ?? 'default', ...payments(order, url) }], payer: payer(order) };
}

export function disputeSummary(order, dispute) {
  const isOver = dispute.outcome !== null;
  return {
    dispute_id: dispute.id, create_time: dispute.made, update_time: dispute.updated, reason: 'UNAUTHORISED', status: isOver ? 'RESOLVED' : 'WAITING_FOR_SELLER_RESPONSE',
    dispute_state: isOver ? 'RESOLVED' : 'REQUIRED_ACTION', dispute_amount: amountOf(dispute.minor, order.currency), dispute_life_cycle_stage: 'CHARGEBACK', dispute_channel: 'INTERNAL',
  };
}

export function disputeObject(order, dispute) {
  const { outcome } = dispute;
  return {
    ...disputeSummary(order, dispute),
    disputed_transactions: [{
      seller_transaction_id: order.capture.id, create_time: order.capture.made, transaction_status: 'COMPLETED', gross_amount: amountOf(order.minor, order.currency),
      ...(order.unit.invoice_id === undefined ? {} : { invoice_number: order.unit.invoice_id }), ...(order.unit.custom_id === undefined ? {} : { custom: order.unit.custom_id }),
    }],
    ...(outcome === null ? {} : {
      dispute_outcome: {
        outcome_code: outcome === 'won' ? 'RESOLVED_SELLER_FAVOUR' : 'RESOLVED_BUYER_FAVOUR',
        amount_refunded: amountOf(outcome === 'won' ? 0 : dispute.minor, order.currency),
      },
    }),
  };
}
