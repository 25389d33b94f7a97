#include <nlohmann/json.hpp>

#include "billing/charges.h"
#include "core/errors.h"
#include "core/log.h"

namespace ventanilla {
namespace {

// Hundreds of thousands of services in one statement.
constexpr std::chrono::minutes month_bound{10};
constexpr std::chrono::seconds usual_bound{5};

// A second run at once waits for the first one to end.
constexpr db::Statement wait_for_other_runs{"wait_for_month_runs", R"sql(
    SELECT set_config('lock_timeout', '0', true)
)sql"};

// In the order of the services, so that two runs at once never wait for each other.
constexpr db::Statement make_charges{"make_month_charges", R"sql(
    WITH running AS (
        SELECT service.id, client_id, name, service.currency, started_on,
               CASE WHEN $5::boolean AND started_on > $1::date
                    THEN round(monthly_amount * ($2::date - started_on + 1) / ($2::date - $1::date + 1), 2)
                    ELSE monthly_amount END AS amount
        FROM service JOIN client ON client.id = client_id
        WHERE service.status = 'active' AND NOT client.is_deleted AND (started_on IS NULL OR started_on <= $2::date)
    ), made AS (
        INSERT INTO charge (client_id, service_id, concept, amount, currency, due_on, period, created_by, created_at)
        SELECT client_id, id, left(name || ', ' || $4, 200), amount, currency,
               greatest($3::date, started_on, least($6::date, $2::date)), $1::date, $7, $8
        FROM running
        WHERE amount > 0
          AND NOT EXISTS (SELECT FROM charge WHERE charge.service_id = running.id AND period = $1::date)
        ORDER BY id
        ON CONFLICT (service_id, period) WHERE period IS NOT NULL DO NOTHING
        RETURNING currency, amount
    )
    SELECT currency, count(*), sum(amount), (SELECT count(*) FROM running WHERE amount > 0) FROM made GROUP BY currency
    UNION ALL
    SELECT NULL, 0, 0, count(*) FROM running WHERE amount > 0
    ORDER BY 1 NULLS LAST
)sql"};

MonthRun run_from(const db::Rows& rows) {
    MonthRun run;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [currency, count, total, running] =
            rows.at<std::optional<std::string>, std::int64_t, MinorUnits, std::int64_t>(i);
        run.charges += count;
        if (currency) {
            run.totals.emplace_back(total, *currency);
        } else {
            run.present = running - run.charges;
        }
    }
    return run;
}

db::Call audited_run(const MonthRun& run, Month month, const Actor& actor, Timestamp now) {
    nlohmann::json details = {{"charges", run.charges}};
    for (const auto& total : run.totals) {
        details["total_" + total.currency()] = total.plain();
    }
    return audited(
        {actor.account_id, "month_charged", "month:" + month.iso(), actor.network, details.dump()},
        now);
}

// More time for a statement, and the usual bound again whatever happens.
class LongStatements {
  public:
    explicit LongStatements(db::Connection& database) : database_(database) {
        database_.set_statement_timeout(month_bound);
    }
    LongStatements(const LongStatements&) = delete;
    LongStatements& operator=(const LongStatements&) = delete;
    ~LongStatements() {
        try {
            database_.set_statement_timeout(usual_bound);
        } catch (const Failure& failure) {
            log_error("statement_bound_kept", {{"reason", failure.what()}});
            database_.close();
        }
    }

  private:
    db::Connection& database_;
};

}  // namespace

MonthRun make_month(const Billing& billing, Month month, const Actor& actor) {
    const Timestamp now = billing.clock.now();
    const int due_day = static_cast<int>(billing.settings.charge_due_day);
    const LongStatements bound(billing.database);
    db::Transaction transaction(billing.database);
    transaction.run(wait_for_other_runs);
    MonthRun run = run_from(transaction.run(make_charges,
                                            month.first_day().iso(),
                                            month.last_day().iso(),
                                            month.day(due_day).iso(),
                                            month.text(),
                                            billing.settings.prorate_first_month,
                                            Day::of(now).iso(),
                                            actor.account_id,
                                            now));
    if (run.charges > 0) {
        transaction.run_all({audited_run(run, month, actor, now)});
    }
    transaction.commit();
    return run;
}

}  // namespace ventanilla
