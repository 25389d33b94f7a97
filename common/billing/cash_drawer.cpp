#include <algorithm>

#include <nlohmann/json.hpp>

#include "billing/payments.h"
#include "billing/rows.h"

namespace ventanilla {
namespace {

constexpr db::Statement sum_drawer{"sum_drawer", R"sql(
    SELECT currency, coalesce(sum(amount) FILTER (WHERE provider = 'cash'), 0), count(*) FILTER (WHERE taken),
           coalesce(sum(amount) FILTER (WHERE provider = 'transfer'), 0), min(at) FILTER (WHERE taken)
    FROM (SELECT currency, provider, amount, true AS taken, approved_at AS at
          FROM payment WHERE received_by = $1 AND closing_id IS NULL AND approved_at IS NOT NULL
          UNION ALL
          SELECT currency, provider, -amount, false, reversed_at
          FROM payment WHERE reversed_by = $1 AND reversal_closing_id IS NULL) AS moves
    GROUP BY currency
)sql"};

std::vector<CashDrawer> drawers_from(const db::Rows& rows) {
    std::vector<CashDrawer> drawers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [currency, cash, payments, transfers, since] =
            rows.at<std::string, MinorUnits, std::int64_t, MinorUnits, std::optional<Timestamp>>(i);
        drawers.push_back({Money(cash, currency), payments, Money(transfers, currency), since});
    }
    return drawers;
}

constexpr db::Statement next_closing{"next_closing_id", R"sql(
    SELECT nextval(pg_get_serial_sequence('cash_closing', 'id'))
)sql"};

// One statement, so that a payment that comes meanwhile is either counted or left for the next
// closing; a row may be in both at once, as taken and as given back.
constexpr db::Statement store_closing{"store_closing", R"sql(
    WITH moved AS (
        UPDATE payment
        SET closing_id = CASE WHEN received_by = $2 AND approved_at IS NOT NULL THEN coalesce(closing_id, $1)
                              ELSE closing_id END,
            reversal_closing_id = CASE WHEN reversed_by = $2 THEN coalesce(reversal_closing_id, $1)
                                       ELSE reversal_closing_id END
        WHERE currency = $3
          AND ((received_by = $2 AND closing_id IS NULL AND approved_at IS NOT NULL)
               OR (reversed_by = $2 AND reversal_closing_id IS NULL))
        RETURNING provider, amount, coalesce(closing_id = $1, false) AS taken,
                  coalesce(reversal_closing_id = $1, false) AS given_back
    )
    INSERT INTO cash_closing (id, account_id, currency, expected, counted, note, closed_at)
    OVERRIDING SYSTEM VALUE
    SELECT $1, $2, $3,
           coalesce(sum(amount) FILTER (WHERE taken AND provider = 'cash'), 0)
               - coalesce(sum(amount) FILTER (WHERE given_back AND provider = 'cash'), 0),
           $4, $5, $6
    FROM moved HAVING count(*) > 0
    RETURNING expected, (SELECT username FROM account WHERE account.id = $2)
)sql"};

constexpr db::Statement list_closings{"list_closings", R"sql(
    SELECT cash_closing.id, username, expected, counted, currency, note, closed_at
    FROM cash_closing JOIN account ON account.id = account_id
    WHERE $1::bigint IS NULL OR account_id = $1
    ORDER BY closed_at DESC, cash_closing.id DESC
    LIMIT 50
)sql"};

db::Call audited_closing(const CashClosing& closing, const Actor& actor, Timestamp now) {
    const nlohmann::json details = {{"closing", closing.id},
                                    {"expected", closing.expected.plain()},
                                    {"counted", closing.counted.plain()},
                                    {"difference", closing.difference.plain()},
                                    {"currency", closing.counted.currency()}};
    return audited({actor.account_id,
                    "drawer_closed",
                    "account:" + std::to_string(actor.account_id.value_or(0)),
                    actor.network,
                    details.dump()},
                   now);
}

}  // namespace

std::vector<CashDrawer> cash_drawer(const Billing& billing, std::int64_t account_id) {
    auto drawers = drawers_from(billing.database.run(sum_drawer, account_id));
    const std::string& own = billing.settings.currency;
    const auto currency_of = [](const CashDrawer& drawer) { return drawer.expected.currency(); };
    if (std::none_of(drawers.begin(), drawers.end(), [&](const CashDrawer& drawer) {
            return currency_of(drawer) == own;
        })) {
        drawers.push_back({Money(0, own), 0, Money(0, own), std::nullopt});
    }
    own_currency_first(drawers, own, currency_of);
    return drawers;
}

std::variant<CashClosing, ClosingRefusal> close_drawer(const Billing& billing,
                                                       const Money& counted,
                                                       const std::string& note,
                                                       const Actor& actor) {
    if (counted.is_negative()) {
        return ClosingRefusal::Negative;
    }
    const Timestamp now = billing.clock.now();
    db::Transaction transaction(billing.database);
    const auto [id] = transaction.run(next_closing).at<std::int64_t>(0);
    const auto stored =
        transaction
            .run(
                store_closing, id, actor.account_id, counted.currency(), counted.plain(), note, now)
            .first<MinorUnits, std::string>();
    if (!stored) {
        return ClosingRefusal::NothingToClose;
    }
    const Money expected(std::get<0>(*stored), counted.currency());
    CashClosing closing{id, std::get<1>(*stored), expected, counted, counted - expected, note, now};
    transaction.run_all({audited_closing(closing, actor, now)});
    transaction.commit();
    return closing;
}

std::vector<CashClosing> cash_closings(db::Connection& connection,
                                       std::optional<std::int64_t> account_id) {
    const auto rows = connection.run(list_closings, account_id);
    std::vector<CashClosing> closings;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, username, expected, counted, currency, note, closed_at] = rows.at<std::int64_t,
                                                                                    std::string,
                                                                                    MinorUnits,
                                                                                    MinorUnits,
                                                                                    std::string,
                                                                                    std::string,
                                                                                    Timestamp>(i);
        const Money was_expected(expected, currency);
        const Money was_counted(counted, currency);
        closings.push_back(
            {id, username, was_expected, was_counted, was_counted - was_expected, note, closed_at});
    }
    return closings;
}

}  // namespace ventanilla
