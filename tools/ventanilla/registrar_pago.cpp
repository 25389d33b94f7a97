#include "ventanilla/registrar_pago.h"

#include <iostream>
#include <memory>

#include "billing/payments.h"
#include "core/errors.h"
#include "core/unreachable.h"

namespace ventanilla::cli {
namespace {

struct Given {
    std::int64_t client_id = 0;
    std::string amount;
    std::string means;
    std::string reference;
    std::string currency;
};

std::string explanation(PaymentRefusal refusal, const Given& given) {
    switch (refusal) {
        case PaymentRefusal::NoClient:
            return "no hay un cliente con el id " + std::to_string(given.client_id);
        case PaymentRefusal::ReferenceTaken:
            return "la referencia «" + given.reference
                   + "» ya se registró para este cliente con otro importe; no se cambió nada";
        case PaymentRefusal::ChargeNotPayable:
            return "uno de los cargos ya no se puede pagar";  // this command chooses none
    }
    unreachable();
}

void print_receipt(const BookedPayment& payment, const Money& amount, const std::string& own) {
    if (payment.was_there) {
        std::cout << "Ese pago ya estaba registrado; no se cambió nada.\n";
    } else {
        std::cout << "✅ Pago registrado: " << amount.shown(own) << '\n';
    }
    std::cout << "Recibo: " << payment.receipt_number
              << "\nAplicado a cargos: " << payment.applied.shown(own)
              << "\nA favor del cliente: " << payment.to_credit.shown(own) << '\n';
}

int record(const Given& given) {
    const auto settings = Settings::from_environment();
    const std::string& currency = given.currency.empty() ? settings.currency : given.currency;
    const auto amount = Money::typed(given.amount, currency).value();
    db::Connection database(connection(settings));
    const SystemClock clock;
    const Outbox outbox(settings);
    NewPayment payment;
    payment.client_id = given.client_id;
    payment.amount = amount;
    payment.means = given.means == "efectivo" ? PaymentMeans::Cash : PaymentMeans::Transfer;
    payment.reference = given.reference;
    const auto outcome = record_payment({database, settings, clock, outbox}, payment, {});
    if (const auto* refusal = std::get_if<PaymentRefusal>(&outcome)) {
        complain(explanation(*refusal, given));
        return exit_nothing_done;
    }
    print_receipt(std::get<BookedPayment>(outcome), amount, settings.currency);
    return exit_fine;
}

std::string check_amount(const std::string& text) {
    const auto amount = Money::typed(text, "MXN");
    return amount && amount->is_positive() ? "" : "es un importe mayor que cero, como 350.00";
}

constexpr const char* manual =
    R"(Registra un pago en efectivo o por transferencia y paga con él lo que vence primero; lo que sobra queda a favor
del cliente y lo usa su próximo cargo. El cliente recibe un correo.

Una transferencia con --referencia se registra una sola vez: repetir la orden no cambia nada. Sin referencia, y en
efectivo, cada orden es otro pago.)";

}  // namespace

void add_registrar_pago(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand("registrar-pago", "Registra el pago de un cliente");
    const auto given = std::make_shared<Given>();
    command->add_option("--cliente", given->client_id, "El id del cliente")->required();
    command->add_option("--monto", given->amount, "Cuánto pagó, como 350.00")
        ->required()
        ->check(&check_amount);
    command->add_option("--medio", given->means, "efectivo o transferencia")
        ->required()
        ->check([](const std::string& means) {
            return means == "efectivo" || means == "transferencia"
                       ? std::string()
                       : "puede ser efectivo o transferencia";
        });
    command->add_option(
        "--referencia", given->reference, "Lo que el banco dice de la transferencia");
    command->add_option("--moneda", given->currency, "Si no es la de CURRENCY, como USD")
        ->check([](const std::string& code) {
            return is_currency_code(code) ? std::string() : "son tres mayúsculas, como USD";
        });
    command->footer(std::string(manual) + "\n\n" + program.get_footer());
    command->callback([&action, given] { action = [given] { return record(*given); }; });
}

}  // namespace ventanilla::cli
