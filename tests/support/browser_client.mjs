// A visitor without a browser: keeps cookies, fills forms, follows nothing by itself.
//
//   const visitor = new Visitor(stack.url, { address: '127.1.2.3' });   // where it comes from: limits count by network
//   const page = await visitor.get('/login/');            // { status, headers, body, text, location }
//   const answer = await visitor.submit('/login/', { username, password });   // GETs the form first for its token
//   await visitor.post(path, fields, { token: 'fresh' | 'none' | value, headers })
import http from 'node:http';

export class Visitor {
  constructor(base, { address } = {}) {
    this.base = new URL(base);
    this.address = address;
    this.cookies = new Map();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  }

  request(method, path, { body, headers = {}, timeout = 30_000 } = {}) {
    return new Promise((resolve, reject) => {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = http.request({
        host: this.base.hostname, port: this.base.port, method, path, timeout, agent: this.agent,
        localAddress: this.address,
        headers: {
          ...(cookie ? { cookie } : {}),
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
          const text = Buffer.concat(parts).toString('utf8');
          resolve({
            status: response.statusCode, headers: response.headers, body: text, location: response.headers.location,
            text: text.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '),
          });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`no answer from ${path} in time`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }

  get(path, options) { return this.request('GET', path, options); }

  async post(path, fields, { token, headers = {}, ...options } = {}) {
    const form = new URLSearchParams(fields);
    if (token && !form.has('csrf_token')) form.set('csrf_token', token);
    return this.request('POST', path, {
      body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, ...options,
    });
  }

  // The token of a page of ours.
  static tokenOf(page) {
    return /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  }

  // Opens a page with a form (`from`, default the target itself) and submits to `path` with its token.
  // Gives the page itself when that was not to be had: nobody can send a form that did not come.
  async submit(path, fields, { from = path, ...options } = {}) {
    const page = await this.get(from);
    if (page.status === 503) return page;
    return this.post(path, fields, { token: Visitor.tokenOf(page), ...options });
  }

  // GETs where a 303 leads, at most `most` times.
  async follow(answer, most = 3) {
    let page = answer;
    for (let i = 0; i < most && page.location; i += 1) page = await this.get(page.location);
    return page;
  }

  close() { this.agent.destroy(); }
}
