#include "billing/portal_view.h"

#include <algorithm>

#include "billing/rows.h"

namespace ventanilla {
namespace {

// The client, a row for each currency of their credit.
constexpr db::Statement find_portal_client{"find_portal_client", R"sql(
    SELECT client.id, client.full_name, credit.currency, -sum(credit.amount)
    FROM client LEFT JOIN ledger_entry AS credit ON credit.client_id = client.id AND credit.charge_id IS NULL
    WHERE client.id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
    GROUP BY client.id, credit.currency
)sql"};

void take_client(PortalView& view, const db::Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, full_name, currency, credit] = rows.at<std::int64_t,
                                                         std::string,
                                                         std::optional<std::string>,
                                                         std::optional<MinorUnits>>(i);
        view.client_id = id;
        view.full_name = full_name;
        if (credit && credit->value > 0) {
            view.credit.emplace_back(*credit, currency.value());
        }
    }
}

constexpr db::Statement list_owed_charges{"list_owed_charges", R"sql(
    SELECT charge.id, concept, coalesce(service.name, ''), charge.amount, entries.owed, charge.currency, due_on
    FROM charge LEFT JOIN service ON service.id = service_id
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    WHERE charge.client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
      AND charge.status = 'pending'
    ORDER BY due_on, charge.id
)sql"};

// Charges come with what is due first first.
std::vector<OwedTotal> totals_of(const std::vector<OwedCharge>& charges, const std::string& own) {
    std::vector<OwedTotal> totals;
    for (const auto& charge : charges) {
        const std::string& currency = charge.owed.currency();
        auto total = std::find_if(totals.begin(), totals.end(), [&](const OwedTotal& known) {
            return known.owed.currency() == currency;
        });
        if (total == totals.end()) {
            const Money nothing(0, currency);
            total = totals.insert(totals.end(), {nothing, nothing, 0, charge.due_on});
        }
        total->owed += charge.owed;
        total->overdue += charge.is_overdue ? charge.owed : Money(0, currency);
        ++total->charges;
    }
    own_currency_first(totals, own, [](const OwedTotal& total) { return total.owed.currency(); });
    return totals;
}

constexpr db::Statement list_running_services{"list_running_services", R"sql(
    SELECT id, name, monthly_amount, currency, status, suspended_by_rule AND status = 'suspended', started_on
    FROM service
    WHERE client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
      AND status <> 'cancelled'
    ORDER BY name, id
)sql"};

constexpr db::Statement list_last_payments{"list_last_payments", R"sql(
    SELECT id, amount, currency, provider, coalesce(provider_ref, ''), status, receipt_number,
           coalesce(approved_at, created_at)
    FROM payment
    WHERE client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
      AND status IN ('approved', 'refunded')
    ORDER BY created_at DESC, id DESC
    LIMIT 5
)sql"};

std::vector<PaymentLine> payment_lines(const db::Rows& rows) {
    std::vector<PaymentLine> lines;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        lines.push_back(payment_line(rows, i));
    }
    return lines;
}

constexpr db::Statement sum_client_months{"sum_client_months", R"sql(
    SELECT to_char(at AT TIME ZONE $5, 'YYYY-MM'),
           coalesce(sum(amount) FILTER (WHERE kind IN ('charge', 'cancellation')), 0),
           coalesce(-sum(amount) FILTER (WHERE kind NOT IN ('charge', 'cancellation')), 0)
    FROM ledger_entry
    WHERE client_id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
      AND currency = $3 AND at >= $4 AND kind <> 'credit'
    GROUP BY 1
)sql"};

constexpr db::Statement list_all_services{"list_all_services", R"sql(
    SELECT service.id, name, monthly_amount, currency, status, suspended_by_rule AND status = 'suspended',
           started_on, client.full_name
    FROM client LEFT JOIN service ON service.client_id = client.id
    WHERE client.id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
    ORDER BY status = 'cancelled', name, service.id
)sql"};

// Without payments the client's row alone, without an id. Tries to pay online that brought no money
// are not payments.
constexpr db::Statement list_payments{"list_payments", R"sql(
    SELECT page.*, client.full_name
    FROM client LEFT JOIN LATERAL (
        SELECT id, amount, currency, provider, coalesce(provider_ref, ''), status, receipt_number,
               coalesce(approved_at, created_at)
        FROM payment
        WHERE payment.client_id = client.id
          AND NOT EXISTS (SELECT FROM online_payment
                          WHERE payment_id = payment.id AND payment.status IN ('pending', 'failed')
                            AND stage NOT IN ('processing', 'waiting'))
        ORDER BY created_at DESC, id DESC
        LIMIT $3::bigint + 1 OFFSET $4) AS page ON true
    WHERE client.id = coalesce($2, (SELECT client_id FROM session_client WHERE token_hash = $1))
)sql"};

}  // namespace

std::optional<PortalView> portal_view(db::Connection& connection,
                                      const Settings& settings,
                                      const Whose& whose,
                                      Timestamp now) {
    const Day today = Day::of(now);
    PortalView view;
    view.months = empty_year(today, settings.currency);
    const db::Params who(whose.token_hash(), whose.client_id());
    const auto rows =
        connection.run_all({{&find_portal_client, who},
                            {&list_owed_charges, who},
                            {&list_running_services, who},
                            {&list_last_payments, who},
                            {&sum_client_months,
                             db::Params(whose.token_hash(),
                                        whose.client_id(),
                                        settings.currency,
                                        view.months.front().month.first_day().midnight(),
                                        settings.time_zone)}});
    if (rows[0].empty()) {
        return std::nullopt;
    }
    take_client(view, rows[0]);
    own_currency_first(
        view.credit, settings.currency, [](const Money& credit) { return credit.currency(); });
    view.charges = owed_charges(rows[1], today);
    view.totals = totals_of(view.charges, settings.currency);
    view.services = service_lines(rows[2]);
    view.payments = payment_lines(rows[3]);
    fill_months(view.months, rows[4]);
    return view;
}

std::optional<ServicesView> services_view(db::Connection& connection, const Whose& whose) {
    const auto rows = connection.run(list_all_services, whose.token_hash(), whose.client_id());
    if (rows.empty()) {
        return std::nullopt;
    }
    constexpr std::size_t full_name = 7;
    ServicesView view{cell_as<std::string>(rows, 0, full_name), {}};
    if (rows.cell(0, 0)) {
        view.services = service_lines(rows);
    }
    return view;
}

std::optional<PaymentHistory> payment_history(db::Connection& connection,
                                              const Whose& whose,
                                              std::int64_t page) {
    const auto rows = connection.run(list_payments,
                                     whose.token_hash(),
                                     whose.client_id(),
                                     payments_per_page,
                                     (page - 1) * payments_per_page);
    if (rows.empty()) {
        return std::nullopt;
    }
    constexpr std::size_t full_name = 8;
    PaymentHistory history{cell_as<std::string>(rows, 0, full_name), {}, false};
    if (rows.cell(0, 0)) {
        history.payments = payment_lines(rows);
    }
    history.has_more = history.payments.size() > static_cast<std::size_t>(payments_per_page);
    if (history.has_more) {
        history.payments.pop_back();
    }
    return history;
}

}  // namespace ventanilla
