#include "portal/documents.h"

#include "core/csv.h"
#include "core/unreachable.h"
#include "portal/shown.h"
#include "view/pdf_document.h"

namespace ventanilla::portal {
namespace {

const char* entry_key(EntryKind kind) {
    switch (kind) {
        case EntryKind::Charge:
            return "entry_charge";
        case EntryKind::Cancellation:
            return "entry_cancellation";
        case EntryKind::Payment:
            return "entry_payment";
        case EntryKind::Correction:
            return "entry_correction";
        case EntryKind::Refund:
            return "entry_refund";
        case EntryKind::Dispute:
            return "entry_dispute";
        case EntryKind::DisputeWon:
            return "entry_dispute_won";
        case EntryKind::Settled:
            return "entry_settled";
    }
    unreachable();
}

PdfDocument new_document(Visit& visit, const std::string& title) {
    const Settings& settings = visit.services().settings;
    return {settings.pdf_font_dir, title, settings.organization_name};
}

// Adds what is said of the client and the office in every document.
void put_head(Visit& visit,
              PdfDocument& document,
              const std::string& title,
              const std::string& client_name,
              std::int64_t client_id) {
    const Renderer& renderer = visit.services().renderer;
    document.subheading(visit.services().settings.organization_name);
    document.heading(title);
    document.fact(renderer.text("pdf_client"), client_name);
    document.fact(renderer.text("pdf_client_number"), std::to_string(client_id));
}

std::string receipt_title(Visit& visit, const PaymentLine& payment) {
    const Renderer& renderer = visit.services().renderer;
    if (!payment.receipt_number) {
        return renderer.text("pdf_payment");
    }
    Model values;
    values.set("number", *payment.receipt_number);
    return renderer.text("pdf_receipt", values);
}

void put_payment(Visit& visit, PdfDocument& document, const PaymentDetail& detail) {
    const Renderer& renderer = visit.services().renderer;
    const PaymentLine& payment = detail.payment;
    document.fact(renderer.text("pdf_amount"), money_text(visit, payment.amount));
    document.fact(renderer.text("pdf_at"), date_time_text(payment.at));
    document.fact(renderer.text("pdf_means"), means_text(visit, payment.provider));
    if (!payment.provider_ref.empty()) {
        document.fact(renderer.text("pdf_reference"), payment.provider_ref);
    }
    if (!detail.received_by.empty()) {
        document.fact(renderer.text("pdf_received_by"), detail.received_by);
    }
    document.fact(renderer.text("pdf_state"), payment_state_text(visit, payment.status));
    if (detail.reversed_at) {
        Model values;
        values.set("at", date_text(*detail.reversed_at)).set("reason", detail.reversal_reason);
        document.paragraph(renderer.text("pdf_reversed", values));
    }
}

void put_covered(Visit& visit, PdfDocument& document, const PaymentDetail& detail) {
    const Renderer& renderer = visit.services().renderer;
    std::vector<std::vector<std::string>> rows;
    for (const auto& charge : detail.charges) {
        rows.push_back(
            {charge.description, charge.due_on.text(), money_text(visit, charge.covered)});
    }
    if (!rows.empty()) {
        document.subheading(renderer.text("pdf_covered"));
        document.table({{renderer.text("pdf_concept"), 5, false},
                        {renderer.text("pdf_due_on"), 2, false},
                        {renderer.text("pdf_covered_amount"), 2, true}},
                       rows);
    }
    if (!detail.to_credit.is_zero()) {
        document.space();
        document.fact(renderer.text("pdf_to_credit"), money_text(visit, detail.to_credit));
    }
}

std::vector<std::vector<std::string>> statement_rows(Visit& visit, const CurrencyStatement& part) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& line : part.lines) {
        const bool is_paid = line.amount.is_negative();
        rows.push_back({date_text(line.at),
                        entry_text(visit, line),
                        is_paid ? "" : money_text(visit, line.amount),
                        is_paid ? money_text(visit, -line.amount) : "",
                        money_text(visit, line.balance)});
    }
    return rows;
}

void put_currency(Visit& visit, PdfDocument& document, const CurrencyStatement& part) {
    const Renderer& renderer = visit.services().renderer;
    document.space();
    document.subheading(part.opening.currency());
    document.fact(renderer.text("pdf_opening"), money_text(visit, part.opening));
    document.fact(renderer.text("pdf_charged"), money_text(visit, part.charged));
    document.fact(renderer.text("pdf_paid"), money_text(visit, part.paid));
    document.fact(renderer.text("pdf_closing"), money_text(visit, part.closing));
    document.space();
    if (part.lines.empty()) {
        document.paragraph(renderer.text("pdf_no_lines"));
        return;
    }
    document.table({{renderer.text("pdf_day"), 3, false},
                    {renderer.text("pdf_concept"), 6, false},
                    {renderer.text("pdf_charge"), 3, true},
                    {renderer.text("pdf_credit"), 3, true},
                    {renderer.text("pdf_balance"), 3, true}},
                   statement_rows(visit, part));
}

std::string balance_line(const std::string& day, const std::string& what, const Money& balance) {
    return csv_line({day, what, "", "", "", balance.plain(), balance.currency()});
}

}  // namespace

void check_documents(const Settings& settings) {
    const PdfDocument document(settings.pdf_font_dir, "", "");
}

std::string entry_text(Visit& visit, const StatementLine& line) {
    const std::string what =
        line.charge_id ? line.description : means_text(visit, line.description);
    Model values;
    values.set("what", what);
    std::string text = visit.services().renderer.text(entry_key(line.kind), values);
    if (line.receipt_number && line.kind == EntryKind::Payment) {
        Model number;
        number.set("number", *line.receipt_number);
        text += visit.services().renderer.text("entry_receipt", number);
    }
    return text;
}

std::string receipt_pdf(Visit& visit, const PaymentDetail& detail) {
    const std::string title = receipt_title(visit, detail.payment);
    PdfDocument document = new_document(visit, title);
    put_head(visit, document, title, detail.client_name, detail.client_id);
    put_payment(visit, document, detail);
    document.space();
    put_covered(visit, document, detail);
    document.space();
    document.paragraph(visit.services().settings.staff_contact);
    return document.bytes();
}

std::string statement_document(Visit& visit, const Statement& statement) {
    const Renderer& renderer = visit.services().renderer;
    const std::string title = renderer.text("pdf_statement");
    PdfDocument document = new_document(visit, title);
    put_head(visit, document, title, statement.client_name, statement.client_id);
    Model days;
    days.set("from", statement.from.text()).set("until", statement.until.text());
    document.fact(renderer.text("pdf_range"), renderer.text("pdf_days", days));
    document.fact(renderer.text("pdf_made_at"), date_time_text(visit.services().clock.now()));
    for (const auto& part : statement.currencies) {
        put_currency(visit, document, part);
    }
    document.space();
    document.paragraph(renderer.text("pdf_balance_hint"));
    return document.bytes();
}

std::string statement_table(Visit& visit, const Statement& statement) {
    const Renderer& renderer = visit.services().renderer;
    std::string text(csv_byte_order_mark);
    text += csv_line({"fecha", "concepto", "recibo", "cargo", "abono", "saldo", "moneda"});
    for (const auto& part : statement.currencies) {
        text += balance_line(statement.from.iso(), renderer.text("pdf_opening"), part.opening);
        for (const auto& line : part.lines) {
            const bool is_paid = line.amount.is_negative();
            text += csv_line({Day::of(line.at).iso(),
                              entry_text(visit, line),
                              line.receipt_number ? std::to_string(*line.receipt_number) : "",
                              is_paid ? "" : line.amount.plain(),
                              is_paid ? (-line.amount).plain() : "",
                              line.balance.plain(),
                              line.balance.currency()});
        }
        text += balance_line(statement.until.iso(), renderer.text("pdf_closing"), part.closing);
    }
    return text;
}

}  // namespace ventanilla::portal
