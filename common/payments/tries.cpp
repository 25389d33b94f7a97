#include "payments/tries.h"

#include <algorithm>
#include <charconv>

#include "core/digest.h"
#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr std::chrono::minutes longest_while_open{30};
constexpr std::chrono::hours longest_while_on_its_way{1};
constexpr std::int64_t doublings_that_matter = 12;

constexpr db::Statement find_try_by_id{"find_try_by_id", R"sql(
    SELECT * FROM payment_try
    WHERE id = $1
)sql"};

constexpr db::Statement find_try_by_names{"find_try_by_names", R"sql(
    SELECT * FROM payment_try
    WHERE provider = $1
      AND id IN (SELECT payment_id FROM online_payment
                 WHERE money_ref = nullif($4, '') OR reference = nullif($2, '') OR checkout_ref = nullif($3, ''))
    ORDER BY money_ref = nullif($4, '') DESC NULLS LAST, reference = nullif($2, '') DESC NULLS LAST, id
    LIMIT 1
)sql"};

constexpr db::Statement find_try_of_browser{"find_try_of_browser", R"sql(
    SELECT payment_try.*, coalesce(client_id = (SELECT client_id FROM session_client WHERE token_hash = $2), false)
    FROM payment_try
    WHERE reference = $1
)sql"};

constexpr db::Statement list_tries_to_ask{"list_tries_to_ask", R"sql(
    SELECT * FROM payment_try
    WHERE next_ask_at <= $1 AND NOT to_close
    ORDER BY next_ask_at
    LIMIT $2
)sql"};

// Staff took money for one of their charges meanwhile, or cancelled it: they would collect too
// much.
constexpr db::Statement mark_overtaken{"mark_overtaken_tries", R"sql(
    UPDATE online_payment SET stage = 'replaced', to_close = true, next_ask_at = NULL, revision = revision + 1
    FROM payment
    WHERE payment.id = online_payment.payment_id AND payment.status = 'pending' AND stage IN ('made', 'open')
      AND next_ask_at IS NOT NULL AND NOT to_close
      AND EXISTS (SELECT FROM online_payment_charge AS part
                  WHERE part.payment_id = payment.id
                    AND part.amount > (SELECT sum(amount) FROM ledger_entry WHERE charge_id = part.charge_id))
)sql"};

constexpr db::Statement list_tries_to_close{"list_tries_to_close", R"sql(
    SELECT * FROM payment_try
    WHERE to_close AND (next_ask_at IS NULL OR next_ask_at <= $1)
    ORDER BY id
    LIMIT $2
)sql"};

constexpr db::Statement record_asked{"record_asked", R"sql(
    UPDATE online_payment SET asked_at = $2, times_asked = times_asked + 1,
           next_ask_at = CASE WHEN next_ask_at IS NOT NULL THEN $3::timestamptz END
    WHERE payment_id = $1
)sql"};

constexpr db::Statement record_closed{"record_closed", R"sql(
    UPDATE online_payment SET to_close = false, next_ask_at = $2 WHERE payment_id = $1
)sql"};

constexpr db::Statement record_not_closed{"record_not_closed", R"sql(
    UPDATE online_payment SET next_ask_at = $2 WHERE payment_id = $1
)sql"};

std::vector<std::int64_t> ids_in(const std::string& list) {
    std::vector<std::int64_t> ids;
    const char* at = list.data();
    const char* end = at + list.size();
    while (at < end) {
        std::int64_t id = 0;
        at = std::from_chars(at, end, id).ptr + 1;
        ids.push_back(id);
    }
    return ids;
}

template <class Value>
Value cell(const db::Rows& rows, std::size_t row, std::size_t column) {
    Value value{};
    using db::parse_cell;
    parse_cell(rows.cell(row, column), value);
    return value;
}

// Of the columns of the view payment_try.
PaymentTry try_at(const db::Rows& rows, std::size_t i) {
    const auto provider = provider_named(cell<std::string>(rows, i, 2));
    if (!provider) {
        throw Failure("a payment online has no provider");
    }
    const auto currency = cell<std::string>(rows, i, 5);
    PaymentTry made;
    made.payment_id = cell<std::int64_t>(rows, i, 0);
    made.client_id = cell<std::int64_t>(rows, i, 1);
    made.provider = *provider;
    made.reference = cell<std::string>(rows, i, 3);
    made.amount = Money(cell<MinorUnits>(rows, i, 4), currency);
    made.status = cell<std::string>(rows, i, 6);
    made.stage = cell<std::string>(rows, i, 7);
    made.checkout_ref = cell<std::string>(rows, i, 8);
    made.checkout_url = cell<std::string>(rows, i, 9);
    made.money_ref = cell<std::string>(rows, i, 10);
    made.made_at = cell<Timestamp>(rows, i, 11);
    made.expires_at = cell<Timestamp>(rows, i, 12);
    made.voucher_url = cell<std::string>(rows, i, 13);
    made.voucher_until = cell<std::optional<Timestamp>>(rows, i, 14);
    made.reason = cell<std::string>(rows, i, 15);
    made.refunded = Money(cell<MinorUnits>(rows, i, 16), currency);
    made.disputed = Money(cell<MinorUnits>(rows, i, 17), currency);
    made.revision = cell<std::int64_t>(rows, i, 18);
    made.times_asked = cell<std::int64_t>(rows, i, 19);
    made.link_id = cell<std::int64_t>(rows, i, 20);
    made.charges = ids_in(cell<std::string>(rows, i, 21));
    return made;
}

std::optional<PaymentTry> first_try(const db::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional(try_at(rows, 0));
}

template <class Database>
std::optional<PaymentTry> found_by(Database& database, const TryNames& names) {
    return first_try(database.run(find_try_by_names,
                                  provider_text(names.provider),
                                  names.reference,
                                  names.checkout_ref,
                                  names.money_ref));
}

}  // namespace

std::vector<PaymentTry> all_tries(const db::Rows& rows) {
    std::vector<PaymentTry> tries;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        tries.push_back(try_at(rows, i));
    }
    return tries;
}

std::optional<PaymentTry> find_try(db::Connection& connection, std::int64_t payment_id) {
    return first_try(connection.run(find_try_by_id, payment_id));
}

std::optional<PaymentTry> find_try(db::Connection& connection, const TryNames& names) {
    return found_by(connection, names);
}

std::optional<PaymentTry> find_try(db::Transaction& transaction, const TryNames& names) {
    return found_by(transaction, names);
}

std::optional<ReturningTry> find_returning(db::Connection& connection,
                                           const std::string& reference,
                                           const std::string& session_token) {
    constexpr std::size_t after_the_try = 24;
    const auto rows =
        connection.run(find_try_of_browser, reference, db::Bytes{sha256(session_token)});
    if (rows.empty()) {
        return std::nullopt;
    }
    return ReturningTry{try_at(rows, 0), cell<bool>(rows, 0, after_the_try)};
}

std::vector<PaymentTry> tries_to_ask(db::Connection& connection, Timestamp now, std::int64_t most) {
    return all_tries(connection.run(list_tries_to_ask, now, most));
}

std::vector<PaymentTry> tries_to_close(db::Connection& connection,
                                       Timestamp now,
                                       std::int64_t most) {
    connection.run(mark_overtaken);
    return all_tries(connection.run(list_tries_to_close, now, most));
}

Timestamp next_ask(const PaymentTry& payment, Timestamp now, std::chrono::seconds sweep) {
    const bool on_its_way = payment.stage == "waiting" || payment.stage == "processing";
    const std::chrono::seconds most =
        on_its_way ? std::chrono::seconds(longest_while_on_its_way) : longest_while_open;
    const auto doublings = std::min(payment.times_asked, doublings_that_matter);
    return now + std::min(most, sweep * (std::int64_t{1} << doublings));
}

void note_asked(db::Connection& connection,
                std::int64_t payment_id,
                Timestamp now,
                Timestamp next) {
    connection.run(record_asked, payment_id, now, next);
}

void note_closed(db::Connection& connection, std::int64_t payment_id, Timestamp now) {
    connection.run(record_closed, payment_id, now);
}

void note_not_closed(db::Connection& connection, std::int64_t payment_id, Timestamp next) {
    connection.run(record_not_closed, payment_id, next);
}

}  // namespace ventanilla
