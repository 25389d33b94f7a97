// Requests and answers of the stand-in providers.

const mostBytes = 1024 * 1024;

// What a handler throws when the provider refuses.
export class Refusal extends Error {
  constructor(status, body, headers = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.answer = json(status, body, headers);
  }
}

// An answer: { status, headers, body, afterwards }. `afterwards` is done when the answer has left.
export const json = (status, value, headers = {}) => (
  { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) });
export const html = (status, body) => ({ status, headers: { 'content-type': 'text/html; charset=utf-8' }, body });
export const redirect = (location) => ({ status: 303, headers: { location }, body: '' });

function parsedJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// { method, url, path, query, headers, body } and, by content type, `form` (object of texts) or `json` (undefined when it
// is none). Names in a form that stand twice are in `repeated`.
export async function readRequest(message) {
  const parts = [];
  let size = 0;
  for await (const part of message) {
    size += part.length;
    if (size > mostBytes) throw new Error('a request without end');
    parts.push(part);
  }
  const body = Buffer.concat(parts).toString('utf8');
  const url = new URL(message.url, 'http://stand-in');
  const request = {
    method: message.method, url: message.url, path: url.pathname, query: Object.fromEntries(url.searchParams),
    headers: message.headers, body, at: Date.now(),
  };
  const type = (message.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    const pairs = [...new URLSearchParams(body)];
    request.form = Object.fromEntries(pairs);
    request.repeated = pairs.map(([name]) => name).filter((name, at, names) => names.indexOf(name) !== at);
  } else if (type === 'application/json') {
    request.json = parsedJson(body);
  }
  return request;
}

export function reply(response, answer) {
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  response.end(body);
}

// '/v1/payments/:id' as an expression with named groups.
export function pathPattern(path) {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`);
}

export const isWebUrl = (text) => typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
export const isLoopbackUrl = (text) => isWebUrl(text) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(text).hostname);
// Loopback stands in for https, as it does for browsers.
export const isSafeUrl = (text) => isWebUrl(text) && (new URL(text).protocol === 'https:' || isLoopbackUrl(text));
export const isEmail = (text) => typeof text === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

// Adds parameters to a URL that may have some.
export function withQuery(url, parameters) {
  const result = new URL(url);
  for (const [name, value] of Object.entries(parameters)) result.searchParams.set(name, String(value));
  return result.href;
}
