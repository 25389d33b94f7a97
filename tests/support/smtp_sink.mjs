// A mail server for tests on 127.0.0.1: takes every mail and keeps it, or behaves as badly as it is told.
//
//   const sink = new SmtpSink();            // { directory, username, password, key, cert, implicitTls }, all optional
//   await sink.start(2525);                 // 0 or nothing: any free port; then sink.port, sink.url
//   const mail = await sink.next((mail) => mail.to.includes('maria@ejemplo.com'));
//   mail.subject, mail.text, mail.html, mail.header('Message-ID'), mail.from, mail.to, mail.raw, mail.login
//   sink.mode = 'refuse_now';               // see `modes`; counts for what is said from now on
//   await sink.stop();                      // cuts all connections; start() again on the same port is fine
//
// By hand: node smtp_sink.mjs PORT [DIRECTORY [MODE]]
import net from 'node:net';
import tls from 'node:tls';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMail } from './smtp_sink_mail.mjs';

export const modes = [
  'accept',
  'refuse_now',      // 451 to RCPT
  'refuse_for_good', // 550 to RCPT
  'refuse_sender',   // 553 to MAIL
  'refuse_content',  // 554 to the whole mail
  'busy',            // 421 instead of a greeting
  'hang',            // accepts connections and says nothing
  'hang_at_end',     // takes the whole mail and says nothing
  'cut_at_end',      // takes the whole mail, keeps it, and closes without an answer
];

const end_of_data = Buffer.from('\r\n.\r\n');

class Conversation {
  constructor(sink, socket) {
    this.sink = sink;
    this.secure = socket instanceof tls.TLSSocket;
    this.login = null;
    this.reset();
    this.attach(socket);
    if (sink.mode === 'hang') return;
    if (sink.mode === 'busy') {
      socket.end('421 4.3.2 come again later\r\n');
      return;
    }
    this.say('220 sink.test ESMTP');
  }

  attach(socket) {
    this.socket = socket;
    this.input = Buffer.alloc(0);
    socket.on('data', (data) => {
      this.input = Buffer.concat([this.input, data]);
      this.read();
    });
    socket.on('error', () => socket.destroy());
  }

  reset() {
    this.from = null;
    this.to = [];
    this.inData = false;
  }

  say(line) {
    if (!this.socket.destroyed) this.socket.write(`${line}\r\n`);
  }

  read() {
    for (;;) {
      if (this.inData) {
        const end = this.input.indexOf(end_of_data);
        if (end < 0) return;
        const raw = this.input.subarray(0, end + 2);
        this.input = this.input.subarray(end + end_of_data.length);
        this.take(raw);
      } else {
        const end = this.input.indexOf('\n');
        if (end < 0) return;
        const line = this.input.subarray(0, end).toString('utf8').replace(/\r$/, '');
        this.input = this.input.subarray(end + 1);
        this.obey(line);
      }
    }
  }

  obey(line) {
    if (this.sink.mode === 'hang') return;
    if (this.awaitsLogin) {
      this.awaitsLogin = false;
      this.checkLogin(line);
      return;
    }
    const [verb] = line.toUpperCase().split(' ');
    const handler = {
      EHLO: () => this.greet(line), HELO: () => this.greet(line),
      STARTTLS: () => this.startTls(), AUTH: () => this.authenticate(line),
      MAIL: () => this.sender(line), RCPT: () => this.recipient(line), DATA: () => this.data(),
      RSET: () => { this.reset(); this.say('250 ok'); },
      NOOP: () => this.say('250 ok'), QUIT: () => { this.say('221 bye'); this.socket.end(); },
    }[verb];
    if (handler) handler(); else this.say('502 5.5.2 what?');
  }

  greet(line) {
    this.sink.greetings.push(line);
    const offers = ['sink.test'];
    if (this.sink.options.cert && !this.secure) offers.push('STARTTLS');
    if (this.sink.options.username) offers.push('AUTH PLAIN');
    offers.push('8BITMIME');
    offers.forEach((offer, i) => this.say(`250${i + 1 < offers.length ? '-' : ' '}${offer}`));
  }

  startTls() {
    if (!this.sink.options.cert) return this.say('502 5.5.1 not here');
    this.say('220 go ahead');
    const plain = this.socket;
    plain.removeAllListeners('data');
    const { key, cert } = this.sink.options;
    this.secure = true;
    this.attach(new tls.TLSSocket(plain, { isServer: true, key, cert }));
    return undefined;
  }

  authenticate(line) {
    const [, , initial] = line.split(' ');
    if (initial) return this.checkLogin(initial);
    this.awaitsLogin = true;
    return this.say('334 ');
  }

  checkLogin(text) {
    const [, username, password] = Buffer.from(text, 'base64').toString('utf8').split('\0');
    const { options } = this.sink;
    if (username !== options.username || password !== options.password) {
      return this.say('535 5.7.8 wrong login');
    }
    this.login = username;
    return this.say('235 2.7.0 welcome');
  }

  sender(line) {
    if (this.sink.options.username && !this.login) return this.say('530 5.7.0 log in first');
    if (this.sink.mode === 'refuse_sender') return this.say('553 5.1.8 not from you');
    this.reset();
    this.from = /<([^>]*)>/.exec(line)?.[1];
    return this.say('250 2.1.0 ok');
  }

  recipient(line) {
    const address = /<([^>]*)>/.exec(line)?.[1];
    this.sink.attempts.push(address);
    if (this.sink.mode === 'refuse_now') return this.say(`451 4.7.1 <${address}>: later, please`);
    if (this.sink.mode === 'refuse_for_good') return this.say(`550 5.1.1 <${address}>: nobody here`);
    this.to.push(address);
    return this.say('250 2.1.5 ok');
  }

  data() {
    if (this.to.length === 0) return this.say('503 5.5.1 for whom?');
    this.inData = true;
    return this.say('354 go on');
  }

  take(raw) {
    this.inData = false;
    const mode = this.sink.mode;
    if (mode === 'refuse_content') return this.say('554 5.7.1 we do not like it');
    if (mode === 'hang_at_end') return undefined;
    const plain = Buffer.from(raw.toString('latin1').replace(/(^|\r\n)\.\./g, '$1.'), 'latin1');
    this.sink.keep({ from: this.from, to: this.to, login: this.login, raw: plain });
    if (mode === 'cut_at_end') return this.socket.destroy();
    this.reset();
    return this.say('250 2.0.0 kept');
  }
}

export class SmtpSink {
  constructor(options = {}) {
    this.options = options;
    this.mode = options.mode ?? 'accept';
    this.mails = [];       // in the order of arrival
    this.attempts = [];    // every recipient asked for, refused ones too
    this.greetings = [];   // EHLO lines: one a connection (two with STARTTLS)
    this.connections = 0;
    this.sockets = new Set();
    this.waiting = [];
  }

  get url() {
    return `smtp://127.0.0.1:${this.port}`;
  }

  start(port = this.port ?? 0) {
    const { cert, key, implicitTls } = this.options;
    const talk = (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      this.conversation = new Conversation(this, socket);
    };
    this.server = implicitTls ? tls.createServer({ cert, key }, talk) : net.createServer(talk);
    this.server.on('tlsClientError', () => {});
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.port = this.server.address().port;
        resolve(this);
      });
    });
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => { this.server.close(() => resolve()); });
  }

  keep(envelope) {
    const mail = { ...envelope, ...readMail(envelope.raw) };
    this.mails.push(mail);
    if (this.options.directory) {
      mkdirSync(this.options.directory, { recursive: true });
      const name = `${String(this.mails.length).padStart(6, '0')}.eml`;
      writeFileSync(join(this.options.directory, name), mail.raw);
    }
    this.waiting = this.waiting.filter((waiter) => !waiter(mail));
  }

  // The first mail that fits and was not given before; waits for it. Rejects after `milliseconds`.
  next(fits = () => true, milliseconds = 10000) {
    const take = (mail) => !mail.given && fits(mail) && (mail.given = true);
    const here = this.mails.find(take);
    if (here) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      const waiter = (mail) => {
        if (!take(mail)) return false;
        clearTimeout(timer);
        resolve(mail);
        return true;
      };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== waiter);
        reject(new Error(`no such mail within ${milliseconds} ms; ${this.mails.length} others came`));
      }, milliseconds);
      this.waiting.push(waiter);
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , port = '2525', directory, mode = 'accept'] = process.argv;
  const sink = new SmtpSink({ directory, mode });
  await sink.start(Number(port));
  console.log(`listening on ${sink.url}`);
}
