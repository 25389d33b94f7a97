#include "clients/client_import_plan.h"

#include <algorithm>

#include "clients/text_array.h"

namespace ventanilla {
namespace {

// The oldest client that a row means, and whether it has the service ($5) for the same amount
// (true), another (false), or not at all.
constexpr db::Statement find_present{"find_present_clients", R"sql(
    SELECT folded(row.full_name), folded(row.service), present.id, same_service.has_same_amount
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         WITH ORDINALITY AS row(full_name, email, phone, address, service, amount, currency, position)
    CROSS JOIN LATERAL (
        SELECT min(id) AS id FROM client
        WHERE is_deleted = false AND sort_name = folded(row.full_name)
          AND (lower(email COLLATE "C") = lower(nullif(row.email, '') COLLATE "C")
               OR phone = nullif(row.phone, '')
               OR (row.email = '' AND row.phone = '' AND coalesce(email, '') = '' AND coalesce(phone, '') = ''
                   AND coalesce(address, '') = row.address))
    ) AS present
    LEFT JOIN LATERAL (
        SELECT bool_or(monthly_amount::text = row.amount AND currency = row.currency) AS has_same_amount
        FROM service
        WHERE client_id = present.id AND folded(name) = folded(row.service)
    ) AS same_service ON true
    ORDER BY position
)sql"};

struct Present {
    std::string name;  // folded
    std::string service;
    std::optional<std::int64_t> client_id;
    std::optional<bool> has_same_amount;
};

db::Call finding_present(const std::vector<ClientFileRow>& rows, std::size_t from, std::size_t to) {
    std::vector<std::vector<std::string>> lists(7);
    for (std::size_t i = from; i < to; ++i) {
        const auto& row = rows[i];
        const bool is_wrong = !row.problems.empty();
        lists[0].push_back(is_wrong ? "" : row.data.full_name);
        lists[1].push_back(is_wrong ? "" : row.data.email);
        lists[2].push_back(is_wrong ? "" : row.data.phone);
        lists[3].push_back(row.data.address);
        lists[4].push_back(row.service);
        lists[5].push_back(row.amount);
        lists[6].push_back(row.currency);
    }
    db::Params params;
    for (const auto& list : lists) {
        params.add(text_array(list));
    }
    return {&find_present, params};
}

// Goes through the rows in order and remembers what the ones before add.
class Planner {
  public:
    RowPlan plan(std::size_t index, ClientFileRow& row, const Present& present) {
        RowPlan plan;
        if (!row.problems.empty()) {
            return plan;
        }
        plan.client_id = present.client_id;
        if (!plan.client_id) {
            plan.first_row = earlier_row(row, present.name);
        }
        if (!plan.client_id && !plan.first_row) {
            plan.first_row = index;
            plan.fate = RowFate::NewClient;
            remember_client(index, row, present.name);
            remember_service(plan, row, present.service);
            return plan;
        }
        plan.fate = fate_of_service(plan, row, present);
        return plan;
    }

  private:
    static std::vector<std::string> keys(const ClientFileRow& row, const std::string& name) {
        std::string email = row.data.email;
        std::transform(email.begin(), email.end(), email.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (email.empty() && row.data.phone.empty()) {
            return {name + "\naddress " + row.data.address};
        }
        std::vector<std::string> both;
        if (!email.empty()) {
            both.push_back(name + "\nemail " + email);
        }
        if (!row.data.phone.empty()) {
            both.push_back(name + "\nphone " + row.data.phone);
        }
        return both;
    }

    std::optional<std::size_t> earlier_row(const ClientFileRow& row, const std::string& name) {
        std::optional<std::size_t> earliest;
        for (const auto& key : keys(row, name)) {
            const auto found = clients_.find(key);
            if (found != clients_.end()) {
                earliest = std::min(earliest.value_or(found->second), found->second);
            }
        }
        return earliest;
    }

    void remember_client(std::size_t index, const ClientFileRow& row, const std::string& name) {
        for (const auto& key : keys(row, name)) {
            clients_.emplace(key, index);
        }
    }

    static std::string service_key(const RowPlan& plan, const std::string& service) {
        const std::string whose = plan.client_id ? "id " + std::to_string(*plan.client_id)
                                                 : "row " + std::to_string(*plan.first_row);
        return whose + '\n' + service;
    }

    void remember_service(const RowPlan& plan, const ClientFileRow& row, const std::string& name) {
        if (!row.service.empty()) {
            services_.emplace(service_key(plan, name), row.amount + ' ' + row.currency);
        }
    }

    RowFate fate_of_service(const RowPlan& plan, ClientFileRow& row, const Present& present) {
        if (row.service.empty()) {
            return RowFate::Unchanged;
        }
        std::optional<bool> has_same_amount = present.has_same_amount;
        const auto earlier = services_.find(service_key(plan, present.service));
        if (!has_same_amount && earlier != services_.end()) {
            has_same_amount = earlier->second == row.amount + ' ' + row.currency;
        }
        if (!has_same_amount) {
            remember_service(plan, row, present.service);
            return RowFate::NewService;
        }
        if (!*has_same_amount) {
            row.problems.emplace_back("client_service_differs");
            return RowFate::Wrong;
        }
        return RowFate::Unchanged;
    }

    std::unordered_map<std::string, std::size_t> clients_;   // key to the row that adds it
    std::unordered_map<std::string, std::string> services_;  // amount and currency
};

template <class Asked>
std::vector<RowPlan> planned_by(Asked& asked, std::vector<ClientFileRow>& rows) {
    std::vector<RowPlan> plans;
    plans.reserve(rows.size());
    Planner planner;
    for (std::size_t from = 0; from < rows.size(); from += import_batch) {
        const std::size_t to = std::min(from + import_batch, rows.size());
        const db::Rows found = asked.run_all({finding_present(rows, from, to)}).front();
        for (std::size_t i = from; i < to; ++i) {
            auto [name, service, client_id, has_same_amount] =
                found
                    .at<std::string, std::string, std::optional<std::int64_t>, std::optional<bool>>(
                        i - from);
            plans.push_back(planner.plan(i, rows[i], {name, service, client_id, has_same_amount}));
        }
    }
    return plans;
}

}  // namespace

std::vector<RowPlan> planned_rows(db::Connection& connection, std::vector<ClientFileRow>& rows) {
    return planned_by(connection, rows);
}

std::vector<RowPlan> planned_rows(db::Transaction& transaction, std::vector<ClientFileRow>& rows) {
    return planned_by(transaction, rows);
}

}  // namespace ventanilla
