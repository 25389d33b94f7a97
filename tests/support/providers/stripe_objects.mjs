// Stripe's objects as its API shows them. `now` is in seconds.
import { listed, under } from './stripe_checks.mjs';

export const apiVersion = '2026-10-28.endive';
const defaultVoucherDays = 3;
const daySeconds = 24 * 60 * 60;

export const voucherDays = (form) => Number(form['payment_method_options[oxxo][expires_after_days]'] ?? defaultVoucherDays);

export function sessionObject({ id, form, parameters, url, now }) {
  return {
    id, object: 'checkout.session', amount_subtotal: parameters.total, amount_total: parameters.total, automatic_tax: { enabled: false },
    cancel_url: form.cancel_url ?? null, client_reference_id: form.client_reference_id ?? null, created: now, currency: parameters.currency,
    customer: null, customer_details: null, customer_email: form.customer_email ?? null, custom_fields: [], expires_at: parameters.expiresAt,
    livemode: false, locale: form.locale ?? null, metadata: under(form, 'metadata'), mode: 'payment', payment_intent: null, payment_link: null,
    payment_method_options: parameters.methods.includes('oxxo') ? { oxxo: { expires_after_days: voucherDays(form) } } : {},
    payment_method_types: parameters.methods, payment_status: 'unpaid', setup_intent: null, shipping_options: [], status: 'open',
    submit_type: form.submit_type ?? null, subscription: null, success_url: form.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 }, ui_mode: 'hosted_page', url,
  };
}

export function intentObject({ id, session, form, metadata, paymentMethod, now }) {
  return {
    id, object: 'payment_intent', amount: session.amount_total, amount_capturable: 0, amount_received: 0, canceled_at: null,
    capture_method: 'automatic_async', confirmation_method: 'automatic', created: now, currency: session.currency, customer: null,
    description: form['payment_intent_data[description]'] ?? null, last_payment_error: null, latest_charge: null, livemode: session.livemode,
    metadata: { ...under(form, 'payment_intent_data[metadata]'), ...metadata }, next_action: null, payment_method: paymentMethod,
    payment_method_types: session.payment_method_types, processing: null, receipt_email: form['payment_intent_data[receipt_email]'] ?? null,
    status: 'requires_payment_method',
  };
}

export function chargeObject({ id, intent, method, transaction, now }) {
  return {
    id, object: 'charge', amount: intent.amount, amount_captured: intent.amount, amount_refunded: 0, balance_transaction: transaction,
    captured: true, created: now, currency: intent.currency, customer: null, disputed: false, failure_code: null, failure_message: null,
    livemode: intent.livemode, metadata: { ...intent.metadata }, paid: true, payment_intent: intent.id, payment_method: intent.payment_method,
    payment_method_details: { type: method, [method]: {} }, receipt_url: null, refunded: false, status: 'succeeded',
  };
}

export function refundObject({ id, charge, amount, metadata, reason, transaction, now }) {
  return {
    id, object: 'refund', amount, balance_transaction: transaction, charge: charge.id, created: now, currency: charge.currency, metadata,
    payment_intent: charge.payment_intent, reason, receipt_number: null, status: 'succeeded',
  };
}

export function disputeObject({ id, charge, amount, now }) {
  return {
    id, object: 'dispute', amount, balance_transactions: [], charge: charge.id, created: now, currency: charge.currency, evidence: {},
    evidence_details: { due_by: now + 7 * daySeconds, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: false, livemode: charge.livemode, metadata: {}, payment_intent: charge.payment_intent, reason: 'fraudulent',
    status: 'needs_response',
  };
}

export function eventObject({ id, type, object, now }) {
  return {
    id, object: 'event', api_version: apiVersion, created: now, data: { object: structuredClone(object) }, livemode: object.livemode ?? false,
    pending_webhooks: 1, request: { id: null, idempotency_key: null }, type,
  };
}

export const itemObjects = ({ items, currency }) => items.map((item, at) => ({
  id: `li_${at}`, object: 'item', quantity: item.quantity, description: item.name, currency,
  amount_subtotal: item.quantity * item.unit_amount, amount_total: item.quantity * item.unit_amount, amount_discount: 0, amount_tax: 0,
  price: { id: `price_${at}`, object: 'price', currency, unit_amount: item.unit_amount, type: 'one_time' },
}));

// What the provider says differs from what it was asked for.
export function tamperWith(object, { amount, currency, reference, account }) {
  if (amount !== undefined && object.object === 'checkout.session') Object.assign(object, { amount_total: amount, amount_subtotal: amount });
  else if (amount !== undefined) object.amount = amount;
  if (amount !== undefined && object.amount_received > 0) object.amount_received = amount;
  if (amount !== undefined && object.object === 'charge') object.amount_captured = amount;
  if (currency !== undefined) object.currency = currency.toLowerCase();
  if (account === 'other') object.livemode = true;
  if (reference !== undefined) object.metadata.reference = reference;
  if (reference !== undefined && object.object === 'checkout.session') object.client_reference_id = reference;
}
