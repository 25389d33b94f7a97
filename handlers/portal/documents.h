// What people take home: receipts and statements as PDF, and a statement for spreadsheets.
#pragma once

#include <string>

#include "app/visit.h"
#include "billing/portal_view.h"
#include "billing/statement.h"

namespace ventanilla::portal {

// Throws Misconfigured when the fonts of PDF_FONT_DIR cannot be read.
void check_documents(const Settings& settings);

// What a line of the statement is about: "Internet noviembre", "Pago: efectivo", ...
[[nodiscard]] std::string entry_text(Visit& visit, const StatementLine& line);

[[nodiscard]] std::string receipt_pdf(Visit& visit, const PaymentDetail& detail);
[[nodiscard]] std::string statement_document(Visit& visit, const Statement& statement);

// UTF-8 with a byte order mark; amounts as "1350.50". Each currency begins and ends with its
// balance.
[[nodiscard]] std::string statement_table(Visit& visit, const Statement& statement);

}  // namespace ventanilla::portal
