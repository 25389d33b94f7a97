// What Mercado Pago refuses before it makes or changes a preference, and how it says so.
import { minorUnits, sum } from './money.mjs';
import { Refusal, isEmail, isSafeUrl, isWebUrl } from './wire.mjs';

const currencies = new Set('ARS BRL MXN CLP COP PEN UYU BOB PYG USD CRC DOP HNL NIO GTQ VES'.split(' '));
const withoutDecimals = new Set(['CLP', 'PYG']);
export const placesOf = (currency) => (withoutDecimals.has(currency) ? 0 : 2);

const localPerDollar = 18;  // what a preference in USD of another country's account is converted with
const longestReference = 256;
const longestDescriptor = 22;
const longestUrl = 500;
const longestCash = 30 * 24 * 60 * 60 * 1000;

export const refused = (message, error = 'bad_request', status = 400) => new Refusal(status, { message, error, status, cause: [] });

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isDate = (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

function need(holds, message, error) {
  if (!holds) throw refused(message, error);
}

// A JSON number in major units, as minor ones; null when it has more decimals than the currency.
const minorOf = (number, currency) => (typeof number === 'number' ? minorUnits(String(number), placesOf(currency)) : null);

// { items: [{ title, quantity, minor }], currency, total }
function readItems(items, accountCurrency) {
  need(Array.isArray(items) && items.length > 0 && items.every(isObject), 'items needed', 'invalid_items');
  const currency = items[0].currency_id ?? accountCurrency;
  const read = items.map((item) => {
    need(typeof item.title === 'string' && item.title !== '', 'title needed', 'invalid_items');
    need(item.title.length <= 256, 'title is too long', 'invalid_items');
    need(item.id === undefined || (typeof item.id === 'string' && item.id.length <= 256), 'id invalid', 'invalid_items');
    need(Number.isInteger(item.quantity) && item.quantity > 0, 'quantity must be a whole number', 'invalid_items');
    need(currencies.has(item.currency_id ?? accountCurrency), 'currency_id invalid', 'invalid_items');
    need((item.currency_id ?? accountCurrency) === currency, 'All items must have the same currency_id', 'invalid_items');
    need(typeof item.unit_price === 'number', 'unit_price must be a number', 'invalid_items');
    const minor = minorOf(item.unit_price, currency);
    need(minor !== null && minor > 0, 'unit_price invalid', 'invalid_items');
    return { title: item.title, quantity: item.quantity, minor };
  });
  return { items: read, currency, total: sum(read.map(({ quantity, minor }) => quantity * minor)) };
}

// An account has one currency; dollars become it, others are refused. Without one it takes all.
function inAccountCurrency(read, accountCurrency) {
  if (!accountCurrency || read.currency === accountCurrency) return read;
  need(read.currency === 'USD', 'currency_id invalid', 'invalid_items');
  const rate = localPerDollar * 10 ** (placesOf(accountCurrency) - 2);
  const items = read.items.map((item) => ({ ...item, minor: Math.round(item.minor * rate) }));
  return { items, currency: accountCurrency, total: sum(items.map(({ quantity, minor }) => quantity * minor)) };
}

function checkReturn({ back_urls: urls, auto_return: auto }) {
  need(urls === undefined || (isObject(urls) && Object.values(urls).every((url) => url === '' || isWebUrl(url))), 'back_urls invalid. Wrong format', 'invalid_back_urls');
  if (auto === undefined) return;
  need(['approved', 'all'].includes(auto), 'auto_return invalid', 'invalid_auto_return');
  need(isSafeUrl(urls?.success), 'auto_return invalid. back_url.success must be defined', 'invalid_auto_return');
  if (auto === 'all') need(isSafeUrl(urls.pending) && isSafeUrl(urls.failure), 'auto_return invalid. back_urls must be defined', 'invalid_auto_return');
}

function checkDates(body, now) {
  for (const name of ['expiration_date_from', 'expiration_date_to', 'date_of_expiration']) {
    need(body[name] === undefined || isDate(body[name]), `${name} invalid. Wrong format`, `invalid_${name}`);
  }
  need(body.expires === undefined || typeof body.expires === 'boolean', 'expires invalid', 'invalid_expires');
  const to = body.expiration_date_to;
  const from = body.expiration_date_from;
  need(to === undefined || from === undefined || Date.parse(to) > Date.parse(from), 'expiration_date_to is before expiration_date_from', 'invalid_expiration_date_to');
  const cashUntil = body.date_of_expiration === undefined ? null : Date.parse(body.date_of_expiration) - now;
  need(cashUntil === null || (cashUntil > 0 && cashUntil <= longestCash), 'date_of_expiration must be within 30 days', 'invalid_date_of_expiration');
}

function checkWords(body) {
  const text = (name, most) => need(body[name] === undefined || (typeof body[name] === 'string' && body[name].length <= most), `${name} invalid`, `invalid_${name}`);
  text('external_reference', longestReference);
  text('statement_descriptor', longestDescriptor);
  const url = body.notification_url;
  need(url === undefined || (isSafeUrl(url) && url.length <= longestUrl), 'notification_url must be url valid', 'invalid_notification_url');
  need(body.binary_mode === undefined || typeof body.binary_mode === 'boolean', 'binary_mode invalid', 'invalid_binary_mode');
  need(body.metadata === undefined || isObject(body.metadata), 'metadata invalid', 'invalid_metadata');
  need(body.payer === undefined || isObject(body.payer), 'payer invalid', 'invalid_payer');
  need(body.payer?.email === undefined || isEmail(body.payer.email), 'payer.email invalid', 'invalid_payer');
  const excluded = [body.payment_methods?.excluded_payment_types, body.payment_methods?.excluded_payment_methods].filter((list) => list !== undefined);
  need(excluded.every((list) => Array.isArray(list) && list.every((one) => typeof one?.id === 'string')), 'payment_methods invalid', 'invalid_payment_methods');
}

// What a preference asks for, checked; throws what Mercado Pago answers.
export function preferenceTerms(body, { now, accountCurrency }) {
  need(isObject(body), 'Invalid JSON', 'bad_json');
  const read = inAccountCurrency(readItems(body.items, accountCurrency), accountCurrency);
  checkReturn(body);
  checkDates(body, now);
  checkWords(body);
  return read;
}

// What is to be given back of a payment of which `left` is left.
export function refundAmount(body, currency, left) {
  if (body === undefined || Object.keys(body).length === 0) return left;
  const minor = minorOf(body.amount, currency);
  need(minor !== null && minor > 0, 'Invalid refund amount', 'bad_request');
  need(minor <= left, 'Amount is greater than the payment has left', 'bad_request');
  return minor;
}
