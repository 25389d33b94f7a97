#include <nlohmann/json.hpp>

#include "clients/profile.h"
#include "clients/profile_store.h"
#include "clients/text_array.h"

namespace ventanilla {
namespace {

using Text = std::optional<std::string>;

constexpr db::Statement list_wishes{"list_wishes", R"sql(
    SELECT wish.id, client.id, client.full_name, coalesce(client.email, ''), coalesce(client.phone, ''),
           coalesce(client.address, ''), wish.full_name, wish.email, wish.phone, wish.address, asked_at
    FROM profile_change AS wish JOIN client ON client.id = wish.client_id
    WHERE wish.status = 'waiting'
    ORDER BY asked_at, wish.id
    LIMIT 200
)sql"};

ProfileWish wish_at(const db::Rows& rows, std::size_t index) {
    auto [id,
          client_id,
          name,
          email,
          phone,
          address,
          new_name,
          new_email,
          new_phone,
          new_address,
          asked_at] = rows.at<std::int64_t,
                              std::int64_t,
                              std::string,
                              std::string,
                              std::string,
                              std::string,
                              Text,
                              Text,
                              Text,
                              Text,
                              Timestamp>(index);
    ProfileWish wish{id, client_id, name, {}, asked_at};
    const auto compare = [&wish](const char* field, const std::string& before, const Text& after) {
        if (after) {
            wish.fields.push_back({field, before, *after});
        }
    };
    compare("full_name", name, new_name);
    compare("email", email, new_email);
    compare("phone", phone, new_phone);
    compare("address", address, new_address);
    return wish;
}

// Clients first and in order, as everybody locks them.
constexpr db::Statement lock_wishes{"lock_wishes", R"sql(
    SELECT wish.id, wish.full_name, wish.email, wish.phone, wish.address, client.id, coalesce(client.email, ''),
           account.id, coalesce(account.username, ''), coalesce(account.email, '')
    FROM client JOIN profile_change AS wish ON wish.client_id = client.id
    LEFT JOIN account ON account.id = client.account_id
    WHERE wish.id = ANY ($1::bigint[]) AND wish.status = 'waiting'
    ORDER BY client.id
    FOR NO KEY UPDATE OF client, wish
)sql"};

struct LockedWish {
    std::int64_t id = 0;
    ProfileFields fields;
    ProfileOwner owner;
};

std::vector<LockedWish> locked(db::Transaction& transaction, const std::vector<std::int64_t>& ids) {
    const auto rows = transaction.run(lock_wishes, id_array(ids));
    std::vector<LockedWish> wishes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id,
              full_name,
              email,
              phone,
              address,
              client_id,
              client_email,
              account_id,
              username,
              account_email] = rows.at<std::int64_t,
                                       Text,
                                       Text,
                                       Text,
                                       Text,
                                       std::int64_t,
                                       std::string,
                                       std::optional<std::int64_t>,
                                       std::string,
                                       std::string>(i);
        wishes.push_back(
            {id,
             {full_name, email, phone, address},
             {client_id, {"", client_email, "", "", ""}, account_id, username, account_email}});
    }
    return wishes;
}

constexpr db::Statement decide{"decide_wish", R"sql(
    UPDATE profile_change SET status = $2, decided_at = $3, decided_by = $4, reason = $5 WHERE id = $1
)sql"};

struct Decision {
    const char* status;
    const char* action;  // as the audit log has it
};
constexpr Decision applied{"applied", "profile_change_applied"};
constexpr Decision refused{"refused", "profile_change_refused"};

void add_decision(std::vector<db::Call>& calls,
                  const LockedWish& wish,
                  const Decision& decision,
                  const std::string& reason,
                  const Actor& actor,
                  Timestamp now) {
    calls.push_back({&decide, db::Params(wish.id, decision.status, now, actor.account_id, reason)});
    const nlohmann::json details = {{"wish", wish.id}, {"fields", wish.fields.names()}};
    calls.push_back(audited({actor.account_id,
                             decision.action,
                             "client:" + std::to_string(wish.owner.client_id),
                             actor.network,
                             details.dump()},
                            now));
}

DecisionCount committed(db::Transaction& transaction,
                        std::vector<db::Call> calls,
                        std::size_t decided,
                        std::size_t asked) {
    if (!calls.empty()) {
        transaction.run_all(std::move(calls));
        transaction.commit();
    }
    return {static_cast<std::int64_t>(decided), static_cast<std::int64_t>(asked - decided)};
}

}  // namespace

std::vector<ProfileWish> waiting_wishes(db::Connection& connection) {
    const auto rows = connection.run(list_wishes);
    std::vector<ProfileWish> wishes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        wishes.push_back(wish_at(rows, i));
    }
    return wishes;
}

DecisionCount approve_wishes(const ProfileServices& services,
                             const std::vector<std::int64_t>& ids,
                             const Actor& actor) {
    db::Transaction transaction(services.database);
    const auto wishes = locked(transaction, ids);
    std::vector<db::Call> calls;
    for (const auto& wish : wishes) {
        const auto changes = applying(services, wish.owner, wish.fields);
        calls.insert(calls.end(), changes.begin(), changes.end());
        add_decision(calls, wish, applied, "", actor, services.clock.now());
    }
    return committed(transaction, std::move(calls), wishes.size(), ids.size());
}

DecisionCount refuse_wishes(const ProfileServices& services,
                            const std::vector<std::int64_t>& ids,
                            const std::string& reason,
                            const Actor& actor) {
    db::Transaction transaction(services.database);
    const auto wishes = locked(transaction, ids);
    std::vector<db::Call> calls;
    for (const auto& wish : wishes) {
        add_decision(calls, wish, refused, reason, actor, services.clock.now());
    }
    return committed(transaction, std::move(calls), wishes.size(), ids.size());
}

}  // namespace ventanilla
