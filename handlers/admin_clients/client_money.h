// What the staff's pages about one client's money share: the head that says what is owed, and
// reading amounts, days and the forms' one-time key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/visit.h"
#include "billing/billing.h"
#include "billing/charges.h"
#include "billing/suspension.h"
#include "clients/client_store.h"

namespace ventanilla::admin_clients {

[[nodiscard]] Billing billing_of(Visit& visit);

// The client of the path, and how they stand now.
struct ClientMoney {
    ClientDetail detail;
    ClientBalance balance;
    std::optional<Promise> promise;

    [[nodiscard]] bool is_deleted() const { return detail.client.is_deleted; }
};

// Absent: no such client. Deleted ones too: their pages are still read.
[[nodiscard]] std::optional<ClientMoney> client_money(Visit& visit);

// Sets id, stored_name, is_deleted and what the partial client_head shows.
void set_head(Visit& visit, Model& model, const ClientMoney& money);

// ".../<id>/" and `page`, such as "pagos".
[[nodiscard]] std::string client_path(std::int64_t client_id, const std::string& page);

[[nodiscard]] std::string receipt_path(std::int64_t client_id, std::int64_t payment_id);

// What is owed in each currency, the setting's first.
[[nodiscard]] std::vector<Money> owed_by_currency(const ClientBalance& balance,
                                                  const std::string& own);

// Field `currency`: the setting's when empty. Absent, with an error, for what is no code.
[[nodiscard]] std::optional<std::string> typed_currency(Visit& visit, FormErrors& errors);

// More than zero; absent, with an error at the field, for anything else.
[[nodiscard]] std::optional<Money> typed_amount(Visit& visit,
                                                FormErrors& errors,
                                                const std::string& field,
                                                const std::string& currency);

// A day of our century; absent, with an error at the field, for anything else.
[[nodiscard]] std::optional<Day> typed_day(Visit& visit,
                                           FormErrors& errors,
                                           const std::string& field);

// Without blanks around it; an error when it is empty or longer than `most` characters.
[[nodiscard]] std::string typed_text(Visit& visit,
                                     FormErrors& errors,
                                     const std::string& field,
                                     const std::string& missing_key,
                                     std::size_t most);

// Not empty is the caller's wish: only the length is looked at.
[[nodiscard]] std::string typed_note(Visit& visit, FormErrors& errors, const std::string& field);

// A number that a form carries, such as the id of a row; 0 when it is none.
[[nodiscard]] std::int64_t typed_id(const std::string& text);

// The key that our form was made with; empty for a form that is not ours.
[[nodiscard]] std::string typed_request_key(Visit& visit);
// A form shown for the first time gets a new one, one shown again keeps its own.
void set_request_key(Visit& visit, Model& model);

}  // namespace ventanilla::admin_clients
