// What Stripe refuses before it makes a Checkout Session, and how it says so.
import { sum } from './money.mjs';
import { Refusal, isEmail, isWebUrl } from './wire.mjs';

export const zeroDecimal = new Set(['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf']);
export const placesOf = (currency) => (zeroDecimal.has(currency) ? 0 : 2);

const currencies = new Set([...zeroDecimal, ...'ars bob brl cad cop crc dop eur gbp gtq hnl mxn nio pen usd uyu'.split(' ')]);
const locales = new Set('auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(' '));
const least = { mxn: 1000, usd: 50, brl: 50, cad: 50, eur: 50, gbp: 30 };
const most = 99_999_999;
const oxxo = { currency: 'mxn', least: 1000, most: 1_000_000 };
const halfHour = 30 * 60;
const day = 24 * 60 * 60;

export const invalid = (message, { param, code, status = 400, type = 'invalid_request_error' } = {}) => new Refusal(status, {
  error: { type, message, ...(param ? { param } : {}), ...(code ? { code } : {}) },
});

const isWhole = (text) => /^\d{1,12}$/.test(text);
const length = (max) => (text) => text.length <= max;
const oneOf = (...words) => (text) => words.includes(text);

// Every parameter that may be sent, [0] for any index and [*] for any name, and what its value must be.
const known = {
  mode: oneOf('payment'),
  ui_mode: oneOf('hosted_page'),
  client_reference_id: length(200),
  success_url: isWebUrl,
  cancel_url: isWebUrl,
  customer_email: isEmail,
  expires_at: isWhole,
  locale: (text) => locales.has(text),
  submit_type: oneOf('auto', 'book', 'donate', 'pay'),
  'expand[0]': () => true,
  'metadata[*]': length(500),
  'payment_method_types[0]': oneOf('card', 'oxxo'),
  'payment_method_options[oxxo][expires_after_days]': (text) => /^[1-7]$/.test(text),
  'payment_intent_data[description]': length(1000),
  'payment_intent_data[receipt_email]': isEmail,
  'payment_intent_data[statement_descriptor_suffix]': length(22),
  'payment_intent_data[metadata][*]': length(500),
  'line_items[0][quantity]': (text) => isWhole(text) && Number(text) > 0,
  'line_items[0][price_data][currency]': (text) => /^[a-z]{3}$/.test(text),
  'line_items[0][price_data][unit_amount]': isWhole,
  'line_items[0][price_data][product_data][name]': (text) => text.length > 0 && length(1500)(text),
  'line_items[0][price_data][product_data][description]': (text) => text.length > 0,
};

// As in `known`: expand[] and expand[3] are both expand[0].
const shapeOf = (name) => name.replace(/(^metadata|\[metadata\])\[[^\]]+\]$/, '$1[*]').replace(/\[\d*\]/g, '[0]');

// Any call: no name twice, nothing unknown, nothing empty or of the wrong form.
export function checkForm(form, allowed, repeated = []) {
  if (repeated.length > 0 && !repeated.every((name) => name.endsWith('[]'))) throw invalid(`Received several values for ${repeated[0]}`, { param: repeated[0] });
  for (const [name, value] of Object.entries(form)) {
    const check = allowed[shapeOf(name)];
    if (!check) throw invalid(`Received unknown parameter: ${name}`, { param: name, code: 'parameter_unknown' });
    if (value === '') throw invalid(`You passed an empty string for '${name}'.`, { param: name, code: 'parameter_invalid_empty' });
    if (!check(value)) throw invalid(`Invalid value for ${name}: ${value}`, { param: name, code: /amount|quantity|expires/.test(name) ? 'parameter_invalid_integer' : undefined });
  }
}

// The values below `prefix`, such as metadata.
export const under = (form, prefix) => Object.fromEntries(Object.entries(form)
  .filter(([name]) => name.startsWith(`${prefix}[`))
  .map(([name, value]) => [name.slice(prefix.length + 1).replace(/\]$/, ''), value]));

export const listed = (form, name) => Object.entries(form).filter(([key]) => new RegExp(`^${name}\\[\\d*\\]$`).test(key)).map(([, value]) => value);

function checkMetadata(form, prefix) {
  const entries = Object.keys(under(form, prefix));
  if (entries.length > 50) throw invalid('You can only have 50 metadata keys', { param: prefix });
  const long = entries.find((key) => key.length > 40);
  if (long) throw invalid(`Metadata keys can be at most 40 characters: ${long}`, { param: prefix });
}

// [{ quantity, currency, unit_amount, name }]
function lineItems(form) {
  const numbers = [...new Set(Object.keys(form).map((name) => /^line_items\[(\d+)\]/.exec(name)?.[1]).filter(Boolean))];
  return numbers.sort((a, b) => a - b).map((number, at) => {
    if (Number(number) !== at) throw invalid(`line_items has no element ${at}`, { param: 'line_items' });
    const prefix = `line_items[${number}]`;
    const need = (rest) => form[prefix + rest] ?? (() => { throw invalid(`Missing required param: ${prefix}${rest}.`, { param: prefix + rest, code: 'parameter_missing' }); })();
    return {
      quantity: Number(need('[quantity]')), currency: need('[price_data][currency]'),
      unit_amount: Number(need('[price_data][unit_amount]')), name: need('[price_data][product_data][name]'),
    };
  });
}

function checkAmount(total, currency, methods) {
  if (!currencies.has(currency)) throw invalid(`Invalid currency: ${currency}.`, { param: 'line_items[0][price_data][currency]' });
  if (total < (least[currency] ?? 1)) throw invalid('The Checkout Session\'s total amount due is too small', { code: 'amount_too_small' });
  if (total > most) throw invalid('The Checkout Session\'s total amount due is too large', { code: 'amount_too_large' });
  if (!methods.includes('oxxo')) return;
  const param = 'payment_method_types';
  if (currency !== oxxo.currency) throw invalid('The currency must be mxn for oxxo', { param });
  if (total < oxxo.least || total > oxxo.most) throw invalid('oxxo takes 10.00 to 10,000.00 MXN', { param });
}

function checkExpiry(form, now) {
  if (form.expires_at === undefined) return now + day;
  const at = Number(form.expires_at);
  if (at < now + halfHour) throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', { param: 'expires_at' });
  if (at > now + day) throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', { param: 'expires_at' });
  return at;
}

// The checked parameters of a new session; throws what Stripe answers.
export function sessionParameters(form, repeated, now) {
  checkForm(form, known, repeated);
  for (const name of ['mode', 'success_url']) {
    if (form[name] === undefined) throw invalid(`Missing required param: ${name}.`, { param: name, code: 'parameter_missing' });
  }
  const items = lineItems(form);
  if (items.length === 0) throw invalid('Missing required param: line_items.', { param: 'line_items', code: 'parameter_missing' });
  const currency = items[0].currency;
  if (items.some((item) => item.currency !== currency)) throw invalid('All prices must have the same currency', { param: 'line_items' });
  const methods = listed(form, 'payment_method_types');
  if (new Set(methods).size !== methods.length) throw invalid('payment_method_types must be unique', { param: 'payment_method_types' });
  if (form['payment_method_options[oxxo][expires_after_days]'] && !methods.includes('oxxo')) {
    throw invalid('payment_method_options[oxxo] needs the method oxxo', { param: 'payment_method_options[oxxo]' });
  }
  const total = sum(items.map((item) => item.quantity * item.unit_amount));
  checkAmount(total, currency, methods);
  checkMetadata(form, 'metadata');
  checkMetadata(form, 'payment_intent_data[metadata]');
  return { items, currency, total, methods: methods.length > 0 ? methods : ['card'], expiresAt: checkExpiry(form, now) };
}
