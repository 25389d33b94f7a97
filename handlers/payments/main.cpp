#include "app/run_handler.h"
#include "payments/payments.h"

constexpr std::string_view manual = R"(payments - paying online with Stripe, Mercado Pago and PayPal

Routes
  GET  /clientes/portal/pagos/como-pagar/          what I owe, who takes payment, how to pay at the office
  POST /clientes/portal/pagos/pagar/               charge (repeated), provider; amount (a part), otra_vez
  GET  /clientes/portal/pagos/retorno/stripe/      where the browser comes back to; reference
  GET  /clientes/portal/pagos/retorno/mercadopago/
  GET  /clientes/portal/pagos/retorno/paypal/
  POST /pagos/webhook/stripe/                      notifications, signed by the provider
  POST /pagos/webhook/mercadopago/
  POST /pagos/webhook/paypal/
  GET  /pagos/enlace/<token>/                      one charge, without login
  POST /pagos/enlace/<token>/                      provider
  GET  /admin/pagos-en-linea/                      providers, money to look at, tries; estado, proveedor, cliente, page
  POST /admin/pagos-en-linea/                      accion (reservar, descartar), cuarentena, cliente, nota
  GET  /admin/pagos-en-linea/<id>/                 one try and its notifications
  POST /admin/pagos-en-linea/<id>/                 asks the provider now
  GET  /admin/pagos-en-linea/enlaces/              links that are out; cargo offers one more
  POST /admin/pagos-en-linea/enlaces/              accion (crear, revocar), charge, canal (correo, ver), enlace

Outcomes
  200; 303 to the provider, or to the login; 422 the form again; 400, 401 a notification that is refused, 404 one of a
  provider without keys; 404 what is not mine; 410 a link that ended; 503.

Tables    session, client, charge, payment, ledger_entry, online_payment, online_payment_charge, payment_event, payment_link,
          payment_quarantine, payment_provider_health, mail_outbox, audit_log
Settings  see ventanilla ajustes: STRIPE_*, MERCADOPAGO_*, PAYPAL_*, PAYMENT_*, VOUCHER_DAYS, CURRENCY, PAY_AT_OFFICE
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    using enum Access;
    namespace pages = payment_pages;
    return run_handler(
        argc,
        argv,
        {"payments",
         manual,
         {{"/clientes/portal/pagos/como-pagar/", pages::choose, nullptr, Account},
          {"/clientes/portal/pagos/pagar/", nullptr, pages::pay, Account},
          {"/clientes/portal/pagos/retorno/stripe/", pages::returned_from_stripe},
          {"/clientes/portal/pagos/retorno/mercadopago/", pages::returned_from_mercadopago},
          {"/clientes/portal/pagos/retorno/paypal/", pages::returned_from_paypal},
          {"/pagos/webhook/stripe/",
           nullptr,
           pages::notice_of_stripe,
           Anyone,
           std::nullopt,
           BodyKind::Raw},
          {"/pagos/webhook/mercadopago/",
           nullptr,
           pages::notice_of_mercadopago,
           Anyone,
           std::nullopt,
           BodyKind::Raw},
          {"/pagos/webhook/paypal/",
           nullptr,
           pages::notice_of_paypal,
           Anyone,
           std::nullopt,
           BodyKind::Raw},
          {"/pagos/enlace/<token>/", pages::link, pages::pay_link},
          {"/admin/pagos-en-linea/", pages::console, pages::decide, Reader, Operator},
          {"/admin/pagos-en-linea/enlaces/", pages::links, pages::change_links, Reader, Operator},
          {"/admin/pagos-en-linea/<id>/", pages::attempt, pages::ask, Reader, Operator}},
         {"payments"}});
}
