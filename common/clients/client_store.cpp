#include "clients/client_store.h"

#include <nlohmann/json.hpp>

namespace ventanilla {
namespace {

std::string subject_of(std::int64_t id) {
    return "client:" + std::to_string(id);
}

db::Call audited_change(const char* action,
                        std::int64_t id,
                        const nlohmann::json& details,
                        const Actor& actor,
                        Timestamp now) {
    return audited({actor.account_id, action, subject_of(id), actor.network, details.dump()}, now);
}

constexpr db::Statement find_client{"find_client", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, ''), coalesce(address, ''), coalesce(notes, ''),
           account_id, is_deleted, version, created_at
    FROM client WHERE id = $1
)sql"};

Client client_at(const db::Rows& rows, std::size_t index) {
    auto [id, full_name, email, phone, address, notes, account_id, is_deleted, version] =
        rows.at<std::int64_t,
                std::string,
                std::string,
                std::string,
                std::string,
                std::string,
                std::optional<std::int64_t>,
                bool,
                std::int64_t>(index);
    return {id, {full_name, email, phone, address, notes}, account_id, is_deleted, version};
}

constexpr db::Statement find_client_access{"find_client_access", R"sql(
    SELECT account.id, username, is_active, last_login_at, asks_own_password, password_expires_at,
           (SELECT count(*) FROM session
            WHERE session.account_id = account.id AND expires_at > $2
              AND last_used_at + make_interval(secs => idle_seconds) > $2)
    FROM client JOIN account ON account.id = account_id
    WHERE client.id = $1
)sql"};

std::optional<ClientAccess> access_of(const db::Rows& rows) {
    const auto row = rows.first<std::int64_t,
                                std::string,
                                bool,
                                std::optional<Timestamp>,
                                bool,
                                std::optional<Timestamp>,
                                std::int64_t>();
    if (!row) {
        return std::nullopt;
    }
    auto [account_id, username, is_active, last_login_at, asks_own, expires_at, sessions] = *row;
    return ClientAccess{
        account_id, username, is_active, last_login_at, asks_own, expires_at, sessions};
}

// Two indexes, each looked up by itself.
constexpr db::Statement find_similar{"find_similar_clients", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, ''), coalesce(address, ''), coalesce(notes, ''),
           account_id, is_deleted, version
    FROM client
    WHERE NOT is_deleted AND id <> $3 AND id IN (
        SELECT id FROM client WHERE lower(email COLLATE "C") = lower(nullif($1, '') COLLATE "C")
        UNION ALL
        SELECT id FROM client WHERE phone = nullif($2, ''))
    ORDER BY id
    LIMIT 5
)sql"};

constexpr db::Statement insert_client{"insert_client", R"sql(
    INSERT INTO client (full_name, email, phone, address, notes, created_at, updated_at)
    VALUES ($1, nullif($2, ''), nullif($3, ''), nullif($4, ''), nullif($5, ''), $6, $6)
    RETURNING id
)sql"};

constexpr db::Statement lock_client{"lock_client", R"sql(
    SELECT id, full_name, coalesce(email, ''), coalesce(phone, ''), coalesce(address, ''), coalesce(notes, ''),
           account_id, is_deleted, version
    FROM client WHERE id = $1
    FOR UPDATE
)sql"};

constexpr db::Statement update_client{"update_client", R"sql(
    UPDATE client
    SET full_name = $2, email = nullif($3, ''), phone = nullif($4, ''), address = nullif($5, ''),
        notes = nullif($6, ''), version = version + 1, updated_at = $7
    WHERE id = $1
)sql"};

constexpr db::Statement follow_email{"follow_client_email", R"sql(
    UPDATE account SET email = nullif($3, '')
    WHERE id = $1 AND lower(email COLLATE "C") = lower($2 COLLATE "C")
)sql"};

std::vector<std::string> changed_fields(const ClientData& before, const ClientData& after) {
    std::vector<std::string> names;
    const auto compare = [&](const char* name, const std::string ClientData::*field) {
        if (before.*field != after.*field) {
            names.emplace_back(name);
        }
    };
    compare("full_name", &ClientData::full_name);
    compare("email", &ClientData::email);
    compare("phone", &ClientData::phone);
    compare("address", &ClientData::address);
    compare("notes", &ClientData::notes);
    return names;
}

void store_change(db::Transaction& transaction,
                  const Client& before,
                  const ClientData& data,
                  const db::Call& trail,
                  Timestamp now) {
    std::vector<db::Call> calls = {
        {&update_client,
         db::Params(
             before.id, data.full_name, data.email, data.phone, data.address, data.notes, now)}};
    if (before.account_id && !before.data.email.empty() && before.data.email != data.email) {
        calls.push_back(
            {&follow_email, db::Params(before.account_id, before.data.email, data.email)});
    }
    calls.push_back(trail);
    transaction.run_all(calls);
}

constexpr db::Statement mark_deleted{"mark_client_deleted", R"sql(
    WITH gone AS (
        UPDATE client SET is_deleted = true, version = version + 1, updated_at = $2
        WHERE id = $1 AND NOT is_deleted
        RETURNING account_id
    ), ended AS (
        DELETE FROM session USING gone WHERE session.account_id = gone.account_id
    ), switched_off AS (
        UPDATE account SET is_active = false FROM gone WHERE account.id = gone.account_id
    )
    SELECT 1 FROM gone
)sql"};

constexpr db::Statement mark_restored{"mark_client_restored", R"sql(
    UPDATE client SET is_deleted = false, version = version + 1, updated_at = $2
    WHERE id = $1 AND is_deleted
    RETURNING 1
)sql"};

bool marked(db::Connection& connection,
            const db::Statement& statement,
            std::int64_t id,
            const db::Call& trail,
            Timestamp now) {
    db::Transaction transaction(connection);
    if (transaction.run(statement, id, now).empty()) {
        return false;
    }
    transaction.run_all({trail});
    transaction.commit();
    return true;
}

}  // namespace

std::optional<ClientDetail> client_detail(db::Connection& connection,
                                          std::int64_t id,
                                          Timestamp now) {
    const auto rows = connection.run_all(
        {{&find_client, db::Params(id)}, {&find_client_access, db::Params(id, now)}});
    if (rows[0].empty()) {
        return std::nullopt;
    }
    constexpr std::size_t created_at = 9;
    ClientDetail detail{client_at(rows[0], 0), {}, access_of(rows[1])};
    db::parse_cell(rows[0].cell(0, created_at), detail.created_at);
    return detail;
}

std::vector<Client> similar_clients(db::Connection& connection,
                                    const ClientData& data,
                                    std::int64_t except_id) {
    const auto rows = connection.run(find_similar, data.email, data.phone, except_id);
    std::vector<Client> clients;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        clients.push_back(client_at(rows, i));
    }
    return clients;
}

std::int64_t add_client(db::Connection& connection,
                        const ClientData& data,
                        const Actor& actor,
                        Timestamp now) {
    db::Transaction transaction(connection);
    const auto rows = transaction.run(
        insert_client, data.full_name, data.email, data.phone, data.address, data.notes, now);
    const auto [id] = rows.at<std::int64_t>(0);
    transaction.run_all({audited_change("client_added", id, nlohmann::json::object(), actor, now)});
    transaction.commit();
    return id;
}

ClientChange change_client(db::Connection& connection,
                           std::int64_t id,
                           std::int64_t version,
                           const ClientData& data,
                           const Actor& actor,
                           Timestamp now) {
    db::Transaction transaction(connection);
    const auto rows = transaction.run(lock_client, id);
    if (rows.empty()) {
        return ClientChange::Missing;
    }
    const Client before = client_at(rows, 0);
    if (before.version != version) {
        return ClientChange::ChangedMeanwhile;
    }
    const auto fields = changed_fields(before.data, data);
    if (!fields.empty()) {
        const nlohmann::json details = {{"fields", fields}};
        store_change(transaction,
                     before,
                     data,
                     audited_change("client_changed", id, details, actor, now),
                     now);
        transaction.commit();
    }
    return ClientChange::Done;
}

bool delete_client(db::Connection& connection, std::int64_t id, const Actor& actor, Timestamp now) {
    return marked(connection,
                  mark_deleted,
                  id,
                  audited_change("client_deleted", id, nlohmann::json::object(), actor, now),
                  now);
}

bool restore_client(db::Connection& connection,
                    std::int64_t id,
                    const Actor& actor,
                    Timestamp now) {
    return marked(connection,
                  mark_restored,
                  id,
                  audited_change("client_restored", id, nlohmann::json::object(), actor, now),
                  now);
}

}  // namespace ventanilla
