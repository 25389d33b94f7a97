// The providers' official SDKs, pointed at the stand-ins.
import http from 'node:http';
import { Client, Environment, OAuthAuthorizationController, OrdersController, PaymentsController } from '@paypal/paypal-server-sdk';
import { MercadoPagoConfig, Payment, PaymentRefund, Preference, WebhookSignatureValidator } from 'mercadopago';
import mercadopagoSettings from 'mercadopago/dist/utils/config/index.js';
import StripeSdk from 'stripe';

export { StripeSdk, WebhookSignatureValidator };

export function stripeSdk(provider, { key = provider.secretKey } = {}) {
  const { hostname, port } = new URL(provider.url);
  return new StripeSdk(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

// Its address is one for the whole process: what was made before talks to the newest, too.
export function mercadopagoSdk(provider, { accessToken = provider.accessToken, idempotencyKey } = {}) {
  mercadopagoSettings.AppConfig.BASE_URL = provider.url;
  const config = new MercadoPagoConfig({ accessToken, options: { retries: 0, timeout: 5000, ...(idempotencyKey ? { idempotencyKey } : {}) } });
  return { preference: new Preference(config), payment: new Payment(config), refund: new PaymentRefund(config) };
}

// Its hosts are fixed, so its connections are led elsewhere.
export function paypalSdk(provider, { clientSecret = provider.clientSecret } = {}) {
  const { hostname, port } = new URL(provider.url);
  const transport = {
    request: (options, answered) => http.request({ ...options, protocol: 'http:', hostname, port, agent: undefined, agents: undefined }, answered),
  };
  const client = new Client({
    clientCredentialsAuthCredentials: { oAuthClientId: provider.clientId, oAuthClientSecret: clientSecret },
    environment: Environment.Sandbox, timeout: 5000, unstable_httpClientOptions: { transport, proxy: false, maxRedirects: 0 },
  });
  return { orders: new OrdersController(client), payments: new PaymentsController(client), tokens: new OAuthAuthorizationController(client) };
}
