#include "payments/try_list.h"

namespace ventanilla {
namespace {

constexpr db::Statement list_all_tries{"list_all_tries", R"sql(
    SELECT payment_try.*, client.full_name, payment.receipt_number
    FROM payment_try JOIN client ON client.id = payment_try.client_id JOIN payment ON payment.id = payment_try.id
    WHERE ($1 = '' OR payment_try.status = $1) AND ($2 = '' OR payment_try.provider = $2)
      AND ($3::bigint = 0 OR payment_try.client_id = $3)
    ORDER BY payment_try.id DESC
    LIMIT $4::bigint + 1 OFFSET $5
)sql"};

constexpr db::Statement find_one_try{"find_one_try", R"sql(
    SELECT payment_try.*, client.full_name, payment.receipt_number, asked_at
    FROM payment_try JOIN client ON client.id = payment_try.client_id JOIN payment ON payment.id = payment_try.id
    JOIN online_payment ON payment_id = payment.id
    WHERE payment_try.id = $1
)sql"};

constexpr db::Statement list_try_charges{"list_try_charges", R"sql(
    SELECT concept FROM online_payment_charge JOIN charge ON charge.id = charge_id WHERE payment_id = $1 ORDER BY place
)sql"};

constexpr db::Statement list_try_events{"list_try_events", R"sql(
    SELECT id, type, received_at, coalesce(outcome, ''), headers::text, body
    FROM payment_event WHERE payment_id = $1 ORDER BY id LIMIT 100
)sql"};

// Behind the columns of the view payment_try, whose last but one is next_ask_at.
constexpr std::size_t next_ask_column = 22;
constexpr std::size_t name_column = 24;

template <class Value>
Value cell(const db::Rows& rows, std::size_t row, std::size_t column) {
    Value value{};
    db::parse_cell(rows.cell(row, column), value);
    return value;
}

std::vector<TryLine> try_lines(const db::Rows& rows) {
    std::vector<TryLine> lines;
    auto tries = all_tries(rows);
    for (std::size_t i = 0; i < tries.size(); ++i) {
        lines.push_back({std::move(tries[i]),
                         cell<std::string>(rows, i, name_column),
                         cell<std::optional<std::int64_t>>(rows, i, name_column + 1)});
    }
    return lines;
}

}  // namespace

TryPage list_tries(db::Connection& connection, const TryFilter& filter, std::int64_t page) {
    const auto rows = connection.run(list_all_tries,
                                     filter.status,
                                     filter.provider,
                                     filter.client_id,
                                     tries_per_page,
                                     (page - 1) * tries_per_page);
    TryPage shown{try_lines(rows), false};
    if (shown.tries.size() > static_cast<std::size_t>(tries_per_page)) {
        shown.tries.pop_back();
        shown.has_more = true;
    }
    return shown;
}

std::optional<TryDetail> try_detail(db::Connection& connection, std::int64_t payment_id) {
    const auto rows = connection.run_all({{&find_one_try, db::Params(payment_id)},
                                          {&list_try_charges, db::Params(payment_id)},
                                          {&list_try_events, db::Params(payment_id)}});
    if (rows[0].empty()) {
        return std::nullopt;
    }
    TryDetail detail;
    detail.line = std::move(try_lines(rows[0]).front());
    detail.asked_at = cell<std::optional<Timestamp>>(rows[0], 0, name_column + 2);
    detail.next_ask_at = cell<std::optional<Timestamp>>(rows[0], 0, next_ask_column);
    for (std::size_t i = 0; i < rows[1].size(); ++i) {
        detail.charges.push_back(cell<std::string>(rows[1], i, 0));
    }
    for (std::size_t i = 0; i < rows[2].size(); ++i) {
        const auto [id, type, received_at, outcome, headers, body] =
            rows[2].at<std::int64_t, std::string, Timestamp, std::string, std::string, db::Bytes>(
                i);
        detail.events.push_back({id, type, received_at, outcome, headers, body.value});
    }
    return detail;
}

}  // namespace ventanilla
