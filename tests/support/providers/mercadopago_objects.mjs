// Mercado Pago's resources as its API shows them. Amounts come as minor units and leave as JSON numbers in major ones.
import { placesOf } from './mercadopago_checks.mjs';
import { decimalText, sum } from './money.mjs';

export const amountOf = (minor, currency) => Number(decimalText(minor, placesOf(currency)));
export const refundedOf = ({ refunds }) => sum(refunds.filter(({ status }) => status === 'approved').map(({ minor }) => minor));

export function preferenceObject({ id, body, terms, collector, url, checkoutPath, made, closed }) {
  const point = `${url}${checkoutPath}?pref_id=${id}`;
  const items = terms.items.map((item, at) => ({
    id: '', picture_url: '', description: '', category_id: '', ...body.items[at], currency_id: terms.currency, unit_price: amountOf(item.minor, terms.currency),
  }));
  return {
    additional_info: '', auto_return: '', back_urls: { success: '', pending: '', failure: '' }, binary_mode: false, expires: false, expiration_date_from: null,
    expiration_date_to: null, date_of_expiration: null, external_reference: '', marketplace: 'MP-MKT-0000', metadata: {}, notification_url: null,
    operation_type: 'regular_payment', payer: { email: '', name: '' }, payment_methods: { excluded_payment_methods: [{ id: '' }], excluded_payment_types: [{ id: '' }] },
    ...body, ...(closed ? { expires: true, expiration_date_to: closed } : {}), items, id, collector_id: collector, client_id: '1234567890123456',
    date_created: made, init_point: point, sandbox_init_point: point, site_id: 'MLM',
  };
}

// As in the results of a search: no address to pay at.
export function preferenceSummary(preference) {
  const { id, client_id, collector_id, date_created, expires, expiration_date_from, expiration_date_to, external_reference, site_id } = preference;
  return {
    id, client_id, collector_id, date_created, expires, expiration_date_from, expiration_date_to, external_reference, site_id,
    items: preference.items.map(({ title }) => title),
  };
}

export function refundObject(refund, payment) {
  return {
    id: refund.id, payment_id: payment.id, amount: amountOf(refund.minor, payment.currency), metadata: {},
    source: { id: String(payment.collector), name: 'Stand-in', type: 'collector' },
    date_created: refund.at, unique_sequence_number: null, refund_mode: 'standard', adjustment_amount: 0, status: refund.status, reason: null, labels: [], partition_details: [],
  };
}

export function chargebackObject(chargeback, payment) {
  return {
    id: chargeback.id, payments: [payment.id], currency: payment.currency, amount: amountOf(chargeback.minor, payment.currency), coverage_applied: chargeback.outcome === 'won',
    coverage_elegible: true, documentation_required: true, documentation_status: 'not_supplied', date_created: chargeback.at, date_last_updated: chargeback.at,
  };
}

export function paymentObject(payment) {
  const { body } = payment;
  const isCash = payment.kind === 'oxxo';
  const amount = amountOf(payment.minor, payment.currency);
  return {
    id: payment.id, date_created: payment.made, date_approved: payment.approved ?? null, date_last_updated: payment.updated, date_of_expiration: payment.until ?? null,
    money_release_date: payment.approved ?? null, operation_type: 'regular_payment', issuer_id: '1', payment_method_id: payment.kind, payment_type_id: isCash ? 'ticket' : 'credit_card',
    payment_method: { id: payment.kind, type: isCash ? 'ticket' : 'credit_card', issuer_id: '1' }, status: payment.status, status_detail: payment.detail,
    currency_id: payment.currency, description: body.items[0].title, live_mode: payment.live, sponsor_id: null, authorization_code: null,
    money_release_schema: null, taxes_amount: 0, counter_currency: null, shipping_amount: 0, pos_id: null, store_id: null, collector_id: payment.collector,
    payer: { id: '1', email: body.payer?.email ?? 'quien.paga@ejemplo.com', identification: { number: null, type: null }, type: null },
    metadata: body.metadata ?? {},
    additional_info: { items: body.items.map(({ title, quantity, unit_price }) => ({ title, quantity: String(quantity), unit_price: String(unit_price) })) },
    order: { id: payment.order, type: 'mercadopago' }, external_reference: payment.reference, transaction_amount: amount,
    transaction_amount_refunded: amountOf(refundedOf(payment), payment.currency), coupon_amount: 0,
    transaction_details: {
      net_received_amount: payment.status === 'approved' ? amount : 0, total_paid_amount: amount, overpaid_amount: 0, installment_amount: isCash ? 0 : amount,
      external_resource_url: payment.voucherUrl ?? null, financial_institution: isCash ? 'oxxo' : null, payment_method_reference_id: payment.voucherNumber ?? null,
    },
    fee_details: [], captured: true, binary_mode: body.binary_mode ?? false, statement_descriptor: body.statement_descriptor ?? null, installments: 1,
    card: isCash ? {} : { last_four_digits: '3704', first_six_digits: '503175' }, notification_url: body.notification_url ?? null,
    refunds: payment.refunds.map((refund) => refundObject(refund, payment)), processing_mode: 'aggregator', merchant_account_id: null,
  };
}
