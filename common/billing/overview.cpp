#include "billing/overview.h"

#include "billing/rows.h"

namespace ventanilla {
namespace {

// Most pending charges are owed whole: an index says so. Only of the others the ledger is asked.
constexpr db::Statement sum_owed{"sum_owed", R"sql(
    SELECT currency, sum(owed), coalesce(sum(owed) FILTER (WHERE due_on < $1::date), 0)
    FROM (SELECT currency, due_on, amount AS owed FROM charge WHERE status = 'pending' AND NOT has_movements
          UNION ALL
          SELECT currency, due_on, entries.owed
          FROM charge, LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
          WHERE status = 'pending' AND has_movements) AS pending
    GROUP BY currency
)sql"};

constexpr db::Statement sum_credits{"sum_credits", R"sql(
    SELECT currency, -sum(amount) FROM ledger_entry WHERE charge_id IS NULL GROUP BY currency
)sql"};

// What came in this month, less what went back.
constexpr db::Statement sum_paid{"sum_paid_since", R"sql(
    SELECT currency, -sum(amount) FROM ledger_entry
    WHERE at >= $1 AND kind NOT IN ('charge', 'cancellation', 'credit', 'settled')
    GROUP BY currency
)sql"};

constexpr db::Statement count_people{"count_people", R"sql(
    SELECT (SELECT count(DISTINCT client_id) FROM charge WHERE status = 'pending' AND due_on < $1::date),
           (SELECT count(*) FROM service WHERE status = 'suspended'),
           with_access, people - with_access,
           (SELECT count(*) FROM audit_log WHERE action = 'claim_finished' AND at >= $2),
           (SELECT count(*) FROM mail_outbox WHERE status = 'failed')
    FROM (SELECT count(*) AS people, count(account_id) AS with_access FROM client WHERE NOT is_deleted) AS clients
)sql"};

// $2 the first day of the first month. Each month is a stretch of an index.
constexpr db::Statement sum_months{"sum_months", R"sql(
    SELECT to_char(month.first_day, 'YYYY-MM'), sums.charged, sums.paid
    FROM (SELECT $2::date + make_interval(months => number) AS first_day,
                 $2::date + make_interval(months => number + 1) AS next_day
          FROM generate_series(0, 11) AS number) AS month,
         LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind IN ('charge', 'cancellation')), 0) AS charged,
                         coalesce(-sum(amount) FILTER (WHERE kind NOT IN ('charge', 'cancellation', 'credit')), 0) AS paid
                  FROM ledger_entry
                  WHERE currency = $1 AND at >= first_day AT TIME ZONE $3 AND at < next_day AT TIME ZONE $3) AS sums
)sql"};

CurrencyOverview& of_currency(BillingOverview& overview, const std::string& currency) {
    for (auto& known : overview.currencies) {
        if (known.owed.currency() == currency) {
            return known;
        }
    }
    const Money nothing(0, currency);
    return overview.currencies.emplace_back(CurrencyOverview{nothing, nothing, nothing, nothing});
}

void take_sums(BillingOverview& overview,
               const db::Rows& rows,
               Money CurrencyOverview::*first,
               Money CurrencyOverview::*second = nullptr) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto currency = cell_as<std::string>(rows, i, 0);
        CurrencyOverview& part = of_currency(overview, currency);
        part.*first = Money(cell_as<MinorUnits>(rows, i, 1), currency);
        if (second != nullptr) {
            part.*second = Money(cell_as<MinorUnits>(rows, i, 2), currency);
        }
    }
}

void take_counts(BillingOverview& overview, const db::Rows& rows) {
    const auto [overdue, suspended, with_access, without_access, claims, mails] =
        rows.at<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
            0);
    overview.overdue_clients = overdue;
    overview.suspended_services = suspended;
    overview.clients_with_access = with_access;
    overview.clients_without_access = without_access;
    overview.claims_this_week = claims;
    overview.failed_mails = mails;
}

}  // namespace

BillingOverview billing_overview(db::Connection& connection,
                                 const Settings& settings,
                                 Timestamp now) {
    const Day today = Day::of(now);
    BillingOverview overview;
    overview.months = empty_year(today, settings.currency);
    of_currency(overview, settings.currency);
    constexpr std::chrono::hours week{24 * 7};
    const auto rows =
        connection.run_all({{&sum_owed, db::Params(today.iso())},
                            {&sum_credits, db::Params()},
                            {&sum_paid, db::Params(Month::of(today).first_day().midnight())},
                            {&count_people, db::Params(today.iso(), now - week)},
                            {&sum_months,
                             db::Params(settings.currency,
                                        overview.months.front().month.first_day().iso(),
                                        settings.time_zone)}});
    take_sums(overview, rows[0], &CurrencyOverview::owed, &CurrencyOverview::overdue);
    take_sums(overview, rows[1], &CurrencyOverview::credit);
    take_sums(overview, rows[2], &CurrencyOverview::paid_this_month);
    take_counts(overview, rows[3]);
    fill_months(overview.months, rows[4]);
    own_currency_first(overview.currencies, settings.currency, [](const CurrencyOverview& part) {
        return part.owed.currency();
    });
    return overview;
}

}  // namespace ventanilla
