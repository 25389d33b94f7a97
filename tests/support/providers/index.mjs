// Stand-in payment providers for tests, started together.
//
//   const providers = await startProviders();                    // or ['stripe'], or with options: { stripe: { clock } }
//   const stack = await Stack.start({ settings: { ...providers.settings, CURRENCY: 'MXN' } });
//   providers.notifyAt(stack.url);                               // where Stripe and PayPal send; a preference says it itself
//   for (const provider of providers.all) { ... }                // the surface is in provider.mjs and notifier.mjs
//   await providers.stop();
import { MercadoPago } from './mercadopago.mjs';
import { PayPal } from './paypal.mjs';
import { Stripe } from './stripe.mjs';

const kinds = { stripe: Stripe, mercadopago: MercadoPago, paypal: PayPal };

export const providerNames = Object.keys(kinds);
export { MercadoPago, PayPal, Stripe };

export async function startProviders(names = providerNames, options = {}) {
  const all = await Promise.all(names.map((name) => kinds[name].start(options[name])));
  return {
    ...Object.fromEntries(all.map((provider) => [provider.name, provider])),
    all,
    get settings() { return Object.assign({}, ...all.map((provider) => provider.settings())); },
    // Mercado Pago keeps to the address in each preference.
    notifyAt(base) {
      for (const provider of all) if (provider.name !== 'mercadopago') provider.webhookUrl = `${base}/pagos/webhook/${provider.name}/`;
    },
    async stop() {
      const ends = await Promise.allSettled(all.map((provider) => provider.stop()));
      const failed = ends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
      if (failed.length > 0) throw new AggregateError(failed, failed.map(({ message }) => message).join('; '));
    },
  };
}
