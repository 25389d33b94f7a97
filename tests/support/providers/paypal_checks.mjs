// What PayPal refuses before it makes an order or a refund, and how it says so.
import { randomBytes } from 'node:crypto';
import { minorUnits, sum } from './money.mjs';
import { Refusal, isEmail, isWebUrl } from './wire.mjs';

const withoutDecimals = new Set(['HUF', 'JPY', 'TWD']);
const currencies = new Set('AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' '));
export const placesOf = (currency) => (withoutDecimals.has(currency) ? 0 : 2);

const mostMinor = 999_999_999;  // 9,999,999.99
const longestRequestId = 108;

const names = {
  400: ['INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  404: ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The server does not support the request payload\'s media type.'],
  422: ['UNPROCESSABLE_ENTITY', 'The requested action could not be performed, semantically incorrect, or failed business validation.'],
  500: ['INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'],
};

export function errorBody(status, details = [], links = []) {
  const [name, message] = names[status] ?? names[500];
  return { name, message, debug_id: randomBytes(7).toString('hex').slice(0, 13), details, links };
}

export const refused = (status, issue, field, links) => new Refusal(status, errorBody(status, [{ ...(field ? { field, location: 'body' } : {}), issue, description: issue }], links));

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function text(object, field, name, { max, form, words, needed = false }) {
  const value = object?.[name];
  const at = `${field}/${name}`;
  if (value === undefined) {
    if (needed) throw refused(400, 'MISSING_REQUIRED_PARAMETER', at);
    return undefined;
  }
  if (typeof value !== 'string') throw refused(400, 'INVALID_PARAMETER_SYNTAX', at);
  if (value.length === 0 || (max && value.length > max)) throw refused(400, 'INVALID_STRING_LENGTH', at);
  if (words && !words.includes(value)) throw refused(400, 'INVALID_PARAMETER_VALUE', at);
  if (form && !(form instanceof RegExp ? form.test(value) : form(value))) throw refused(400, 'INVALID_PARAMETER_SYNTAX', at);
  return value;
}

// { minor, currency }
function money(object, field) {
  if (object === undefined) throw refused(400, 'MISSING_REQUIRED_PARAMETER', field);
  if (!isObject(object)) throw refused(400, 'INVALID_PARAMETER_SYNTAX', field);
  const currency = text(object, field, 'currency_code', { needed: true, form: /^[A-Z]{3}$/ });
  const value = text(object, field, 'value', { needed: true, max: 32, form: /^\d*(\.\d+)?$/ });
  if (!currencies.has(currency)) throw refused(422, 'CURRENCY_NOT_SUPPORTED', `${field}/currency_code`);
  const places = placesOf(currency);
  const minor = minorUnits(value, places);
  if (minor === null) throw refused(422, places === 0 ? 'DECIMALS_NOT_SUPPORTED' : 'DECIMAL_PRECISION', `${field}/value`);
  if (minor > mostMinor) throw refused(422, 'MAX_VALUE_EXCEEDED', `${field}/value`);
  return { minor, currency };
}

function positive(object, field) {
  const amount = money(object, field);
  if (amount.minor === 0) throw refused(422, 'CANNOT_BE_ZERO_OR_NEGATIVE', `${field}/value`);
  return amount;
}

function checkItems(unit, amount, field) {
  const total = unit.amount.breakdown?.item_total;
  if (total !== undefined && money(total, `${field}/amount/breakdown/item_total`).minor !== amount.minor) throw refused(422, 'AMOUNT_MISMATCH', `${field}/amount/value`);
  if (unit.items === undefined) return;
  if (!Array.isArray(unit.items) || !unit.items.every(isObject)) throw refused(400, 'INVALID_PARAMETER_SYNTAX', `${field}/items`);
  const lines = unit.items.map((item, at) => {
    const place = `${field}/items/${at}`;
    text(item, place, 'name', { needed: true, max: 127 });
    text(item, place, 'description', { max: 2048 });
    const quantity = text(item, place, 'quantity', { needed: true, max: 10, form: /^[1-9]\d*$/ });
    const price = money(item.unit_amount, `${place}/unit_amount`);
    if (price.currency !== amount.currency) throw refused(422, 'CURRENCY_MISMATCH', `${place}/unit_amount/currency_code`);
    return price.minor * Number(quantity);
  });
  if (total === undefined) throw refused(422, 'ITEM_TOTAL_REQUIRED', `${field}/amount/breakdown/item_total`);
  if (sum(lines) !== amount.minor) throw refused(422, 'ITEM_TOTAL_MISMATCH', `${field}/amount/breakdown/item_total/value`);
}

function checkContext(context, field) {
  if (context === undefined) return;
  if (!isObject(context)) throw refused(400, 'INVALID_PARAMETER_SYNTAX', field);
  text(context, field, 'return_url', { form: isWebUrl });
  text(context, field, 'cancel_url', { form: isWebUrl });
  text(context, field, 'locale', { form: /^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$/ });
  text(context, field, 'user_action', { words: ['CONTINUE', 'PAY_NOW'] });
  text(context, field, 'shipping_preference', { words: ['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS'] });
  text(context, field, 'landing_page', { words: ['LOGIN', 'GUEST_CHECKOUT', 'NO_PREFERENCE', 'BILLING'] });
  text(context, field, 'payment_method_preference', { words: ['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED'] });
  text(context, field, 'brand_name', { max: 127 });
}

export function checkHeaders({ headers, json, body }, { needsBody = true } = {}) {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) throw new Refusal(415, errorBody(415));
  if ((needsBody || body !== '') && !isObject(json)) throw refused(400, 'MALFORMED_REQUEST_JSON', '/');
  const key = headers['paypal-request-id'];
  if (key !== undefined && (key.length < 1 || key.length > longestRequestId)) throw refused(400, 'INVALID_STRING_LENGTH', 'PayPal-Request-Id');
  const prefer = headers.prefer;
  if (prefer !== undefined && !['return=minimal', 'return=representation'].includes(prefer)) throw refused(400, 'INVALID_PARAMETER_VALUE', 'prefer');
}

// { minor, currency } of a new order; throws what PayPal answers. The stand-in takes one purchase unit.
export function orderTerms(body, requestId) {
  text(body, '', 'intent', { needed: true, words: ['CAPTURE'] });
  const units = body.purchase_units;
  if (units === undefined) throw refused(400, 'MISSING_REQUIRED_PARAMETER', '/purchase_units');
  if (!Array.isArray(units) || units.length !== 1 || !isObject(units[0])) throw refused(400, 'INVALID_ARRAY_MAX_ITEMS', '/purchase_units');
  const [unit] = units;
  const field = '/purchase_units/0';
  text(unit, field, 'reference_id', { max: 256 });
  text(unit, field, 'custom_id', { max: 127 });
  text(unit, field, 'invoice_id', { max: 127 });
  text(unit, field, 'description', { max: 127 });
  text(unit, field, 'soft_descriptor', { max: 22 });
  const amount = positive(unit.amount, `${field}/amount`);
  checkItems(unit, amount, field);
  const paypal = body.payment_source?.paypal;
  if (body.payment_source !== undefined) {
    if (!isObject(paypal)) throw refused(400, 'INVALID_PARAMETER_SYNTAX', '/payment_source/paypal');
    if (!requestId) throw refused(400, 'PAYPAL_REQUEST_ID_REQUIRED', 'PayPal-Request-Id');
    text(paypal, '/payment_source/paypal', 'email_address', { form: isEmail });
    checkContext(paypal.experience_context, '/payment_source/paypal/experience_context');
  }
  checkContext(body.application_context, '/application_context');
  return amount;
}

// What is to be given back of a capture of which `left` is left.
export function refundAmount(body, { currency, left }) {
  if (body?.amount === undefined) return left;
  const amount = positive(body.amount, '/amount');
  if (amount.currency !== currency) throw refused(422, 'CURRENCY_MISMATCH', '/amount/currency_code');
  if (amount.minor > left) throw refused(422, 'REFUND_AMOUNT_EXCEEDED', '/amount/value');
  return amount.minor;
}

// The text of a member's value in the text of a JSON object, exactly as it stands there; undefined when absent.
export function rawMember(source, name) {
  const endOfString = (from) => {
    let at = from + 1;
    while (source[at] !== '"') at += source[at] === '\\' ? 2 : 1;
    return at + 1;
  };
  let at = source.indexOf('{') + 1;
  while (at < source.length) {
    const opens = source.indexOf('"', at);
    if (opens < 0) return undefined;
    const closes = endOfString(opens);
    const begins = source.indexOf(':', closes) + 1;
    let depth = 0;
    for (at = begins; at < source.length; at += 1) {
      if (source[at] === '"') at = endOfString(at) - 1;
      else if ('{['.includes(source[at])) depth += 1;
      else if (depth === 0 && ',}'.includes(source[at])) break;
      else if ('}]'.includes(source[at])) depth -= 1;
    }
    if (JSON.parse(source.slice(opens, closes)) === name) return source.slice(begins, at).trim();
    at += 1;
  }
  return undefined;
}
