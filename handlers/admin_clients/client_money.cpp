#include "admin_clients/client_money.h"

#include <algorithm>
#include <charconv>

#include "app/paths.h"
#include "core/digest.h"
#include "core/random.h"
#include "core/text.h"

namespace ventanilla::admin_clients {
namespace {

constexpr std::chrono::year first_year{2000};
constexpr std::chrono::year last_year{2099};
constexpr std::size_t key_characters = 43;  // random_token()
constexpr std::size_t max_note_characters = 500;

void add_to(std::vector<Money>& sums, const Money& amount) {
    const auto sum = std::find_if(sums.begin(), sums.end(), [&](const Money& known) {
        return known.currency() == amount.currency();
    });
    if (sum == sums.end()) {
        sums.push_back(amount);
    } else {
        *sum += amount;
    }
}

// "$350.00 + $20.00 USD"; empty without any.
std::string amounts_text(const std::vector<Money>& amounts, const std::string& own) {
    std::string text;
    for (const auto& amount : amounts) {
        text += (text.empty() ? "" : " + ") + amount.shown(own);
    }
    return text;
}

std::vector<Money> overdue_of(const ClientBalance& balance) {
    std::vector<Money> sums;
    for (const auto& charge : balance.charges) {
        if (charge.is_overdue) {
            add_to(sums, charge.owed);
        }
    }
    return sums;
}

}  // namespace

Billing billing_of(Visit& visit) {
    Services& services = visit.services();
    return {services.database, services.settings, services.clock, services.outbox};
}

std::optional<ClientMoney> client_money(Visit& visit) {
    db::Connection& database = visit.services().database;
    const Timestamp now = visit.services().clock.now();
    auto detail = client_detail(database, visit.path_id, now);
    if (!detail) {
        return std::nullopt;
    }
    return ClientMoney{std::move(*detail),
                       balance_of(database, visit.path_id, now),
                       running_promise(database, visit.path_id, now)};
}

std::vector<Money> owed_by_currency(const ClientBalance& balance, const std::string& own) {
    std::vector<Money> sums;
    for (const auto& charge : balance.charges) {
        add_to(sums, charge.owed);
    }
    std::stable_partition(
        sums.begin(), sums.end(), [&](const Money& sum) { return sum.currency() == own; });
    return sums;
}

void set_head(Visit& visit, Model& model, const ClientMoney& money) {
    const std::string& own = visit.services().settings.currency;
    model.set("at_clients", true)
        .set("id", money.detail.client.id)
        .set("stored_name", money.detail.client.data.full_name)
        .set("is_deleted", money.is_deleted())
        .set("owed_text", amounts_text(owed_by_currency(money.balance, own), own))
        .set("overdue_text", amounts_text(overdue_of(money.balance), own))
        .set("credit_text", amounts_text(money.balance.credit, own))
        .set("promise_until", money.promise ? money.promise->until.text() : "")
        .set("promise_note", money.promise ? money.promise->note : "")
        .set("promise_by", money.promise ? money.promise->granted_by : "");
}

std::string client_path(std::int64_t client_id, const std::string& page) {
    return paths::clients + std::to_string(client_id) + '/' + page + '/';
}

std::string receipt_path(std::int64_t client_id, std::int64_t payment_id) {
    return client_path(client_id, "recibo") + "?pago=" + std::to_string(payment_id);
}

std::optional<std::string> typed_currency(Visit& visit, FormErrors& errors) {
    const std::string& typed = visit.field("currency");
    if (typed.empty()) {
        return visit.services().settings.currency;
    }
    if (!is_currency_code(typed)) {
        errors.add("currency", "client_currency_malformed");
        return std::nullopt;
    }
    return typed;
}

std::optional<Money> typed_amount(Visit& visit,
                                  FormErrors& errors,
                                  const std::string& field,
                                  const std::string& currency) {
    const std::string text = trimmed(visit.field(field));
    if (text.empty()) {
        errors.add(field, "amount_required");
        return std::nullopt;
    }
    auto amount = Money::typed(text, currency);
    if (!amount) {
        errors.add(field, "amount_malformed");
        return std::nullopt;
    }
    if (!amount->is_positive()) {
        errors.add(field, "amount_not_positive");
        return std::nullopt;
    }
    return amount;
}

std::optional<Day> typed_day(Visit& visit, FormErrors& errors, const std::string& field) {
    const std::string text = trimmed(visit.field(field));
    if (text.empty()) {
        errors.add(field, "day_required");
        return std::nullopt;
    }
    const auto day = Day::read(text);
    if (!day || day->date().year() < first_year || day->date().year() > last_year) {
        errors.add(field, "day_malformed");
        return std::nullopt;
    }
    return day;
}

std::string typed_text(Visit& visit,
                       FormErrors& errors,
                       const std::string& field,
                       const std::string& missing_key,
                       std::size_t most) {
    std::string text = trimmed(visit.field(field));
    if (text.empty()) {
        errors.add(field, missing_key);
    } else if (character_count(text) > most) {
        Model values;
        values.set("most", static_cast<std::int64_t>(most));
        errors.add(field, "text_too_long", values);
    }
    return text;
}

std::string typed_note(Visit& visit, FormErrors& errors, const std::string& field) {
    std::string text = trimmed(visit.field(field));
    if (character_count(text) > max_note_characters) {
        Model values;
        values.set("most", static_cast<std::int64_t>(max_note_characters));
        errors.add(field, "text_too_long", values);
    }
    return text;
}

std::int64_t typed_id(const std::string& text) {
    std::int64_t id = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, id);
    return error == std::errc() && last == end && id > 0 ? id : 0;
}

std::string typed_request_key(Visit& visit) {
    const std::string& key = visit.field("clave");
    return key.size() == key_characters && from_base64url(key) ? key : "";
}

void set_request_key(Visit& visit, Model& model) {
    const std::string key = typed_request_key(visit);
    model.set("clave", key.empty() ? random_token() : key);
}

}  // namespace ventanilla::admin_clients
