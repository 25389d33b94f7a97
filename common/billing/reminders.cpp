#include "billing/reminders.h"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "billing/rows.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

constexpr std::int64_t clients_per_portion = 200;
// A day of the setting that the worker slept through counts so long.
constexpr int days_to_make_up = 7;

// Of each charge the newest of the setting's days that has come: a reminder of three days before is
// not sent beside that of one day before.
constexpr db::Statement insert_reminders{"insert_reminders", R"sql(
    WITH wanted AS (
        SELECT charge.id, charge.client_id, newest.rule, dense_rank() OVER (ORDER BY charge.client_id) AS number
        FROM charge JOIN client ON client.id = charge.client_id
        CROSS JOIN LATERAL (
            SELECT rule, day
            FROM (SELECT 'before_' || days AS rule, due_on - days AS day FROM unnest($1::int[]) AS days
                  WHERE due_on >= $3::date
                  UNION ALL
                  SELECT 'after_' || days, due_on + days FROM unnest($2::int[]) AS days) AS rules
            WHERE day <= $3::date
            ORDER BY day DESC LIMIT 1) AS newest
        WHERE charge.status = 'pending' AND charge.client_id > $7 AND NOT client.is_deleted AND client.email IS NOT NULL
          AND due_on BETWEEN $3::date - $5::int AND $3::date + $6::int
          AND newest.day >= $3::date - $4::int
          AND NOT EXISTS (SELECT FROM reminder WHERE charge_id = charge.id AND reminder.rule = newest.rule)
    ), sent AS (
        INSERT INTO reminder (charge_id, rule, sent_at)
        SELECT id, rule, $8 FROM wanted WHERE number <= $9
        ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING charge_id
    )
    SELECT charge.id, concept, '', charge.amount, entries.owed, charge.currency, due_on,
           client.id, client.full_name, client.email
    FROM sent JOIN charge ON charge.id = sent.charge_id JOIN client ON client.id = charge.client_id
    CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries
    ORDER BY client.id, due_on, charge.id
)sql"};

struct Reminded {
    std::int64_t client_id = 0;
    std::string name;
    std::string email;
    std::vector<OwedCharge> charges;
};

std::vector<Reminded> reminded_from(const db::Rows& rows, Day today) {
    const auto charges = owed_charges(rows, today);
    std::vector<Reminded> clients;
    for (std::size_t i = 0; i < charges.size(); ++i) {
        const auto id = cell_as<std::int64_t>(rows, i, 7);
        if (clients.empty() || clients.back().client_id != id) {
            clients.push_back(
                {id, cell_as<std::string>(rows, i, 8), cell_as<std::string>(rows, i, 9), {}});
        }
        clients.back().charges.push_back(charges[i]);
    }
    return clients;
}

std::string total_of(const std::vector<OwedCharge>& charges, const std::string& own) {
    std::vector<Money> sums;
    for (const auto& charge : charges) {
        const auto known = std::find_if(sums.begin(), sums.end(), [&](const Money& sum) {
            return sum.currency() == charge.owed.currency();
        });
        if (known == sums.end()) {
            sums.push_back(charge.owed);
        } else {
            *known += charge.owed;
        }
    }
    std::string text;
    for (const auto& sum : sums) {
        text += (text.empty() ? "" : ", ") + sum.shown(own);
    }
    return text;
}

db::Call mail_to(const Billing& billing, const Reminded& client) {
    const std::string& own = billing.settings.currency;
    nlohmann::json model = {{"name", client.name},
                            {"overdue", client.charges.front().is_overdue},
                            {"total", total_of(client.charges, own)},
                            {"charges", nlohmann::json::array()}};
    for (const auto& charge : client.charges) {
        model["charges"].push_back({{"description", charge.description},
                                    {"owed", charge.owed.shown(own)},
                                    {"due_on", charge.due_on.text()},
                                    {"is_overdue", charge.is_overdue}});
    }
    return billing.outbox.queue(Message::PaymentReminder, client.email, model, billing.clock.now());
}

struct Rules {
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;

    [[nodiscard]] static std::vector<std::int64_t> read(const std::string& setting) {
        const auto days = read_day_list(setting).value();  // checked at start
        return {days.begin(), days.end()};
    }
    [[nodiscard]] static std::int64_t greatest(const std::vector<std::int64_t>& days) {
        return days.empty() ? 0 : *std::max_element(days.begin(), days.end());
    }
};

// The clients that got a mail, at most a portion, after the one with this id.
std::vector<Reminded> send_portion(const Billing& billing,
                                   const Rules& rules,
                                   std::int64_t after_client) {
    const Timestamp now = billing.clock.now();
    const Day today = Day::of(now);
    db::Transaction transaction(billing.database);
    auto clients = reminded_from(transaction.run(insert_reminders,
                                                 id_array(rules.before),
                                                 id_array(rules.after),
                                                 today.iso(),
                                                 days_to_make_up,
                                                 Rules::greatest(rules.after) + days_to_make_up,
                                                 Rules::greatest(rules.before),
                                                 after_client,
                                                 now,
                                                 clients_per_portion),
                                 today);
    std::vector<db::Call> mails;
    mails.reserve(clients.size());
    for (const auto& client : clients) {
        mails.push_back(mail_to(billing, client));
    }
    if (!mails.empty()) {
        transaction.run_all(std::move(mails));
        transaction.commit();
    }
    return clients;
}

}  // namespace

std::int64_t send_reminders(const Billing& billing) {
    const Rules rules{Rules::read(billing.settings.reminder_days_before),
                      Rules::read(billing.settings.reminder_days_after)};
    if (rules.before.empty() && rules.after.empty()) {
        return 0;
    }
    std::int64_t sent = 0;
    std::vector<Reminded> clients;
    do {
        clients = send_portion(billing, rules, clients.empty() ? 0 : clients.back().client_id);
        sent += static_cast<std::int64_t>(clients.size());
    } while (!clients.empty());
    return sent;
}

}  // namespace ventanilla
