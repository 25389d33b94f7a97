#include "clients/profile_store.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace ventanilla {
namespace {

constexpr db::Statement lock_owner{"lock_profile_owner", R"sql(
    SELECT client.id, full_name, coalesce(client.email, ''), coalesce(phone, ''), coalesce(address, ''), account.id,
           username, coalesce(account.email, '')
    FROM client JOIN account ON account.id = account_id
    WHERE account_id = $1 AND NOT is_deleted
    FOR NO KEY UPDATE OF client
)sql"};

constexpr db::Statement write_fields{"write_profile_fields", R"sql(
    UPDATE client
    SET full_name = coalesce($2, full_name),
        email = CASE WHEN $3::text IS NULL THEN email ELSE nullif($3, '') END,
        phone = CASE WHEN $4::text IS NULL THEN phone ELSE nullif($4, '') END,
        address = CASE WHEN $5::text IS NULL THEN address ELSE nullif($5, '') END,
        version = version + 1, updated_at = $6
    WHERE id = $1
)sql"};

constexpr db::Statement write_account_email{"write_account_email", R"sql(
    UPDATE account SET email = $2 WHERE id = $1
)sql"};

constexpr db::Statement find_wish{"find_waiting_wish", R"sql(
    SELECT full_name, email, phone, address FROM profile_change WHERE client_id = $1 AND status = 'waiting'
)sql"};

constexpr db::Statement replace_wish{"replace_waiting_wish", R"sql(
    UPDATE profile_change SET status = 'replaced', decided_at = $2 WHERE client_id = $1 AND status = 'waiting'
)sql"};

constexpr db::Statement insert_wish{"insert_wish", R"sql(
    INSERT INTO profile_change (client_id, account_id, full_name, email, phone, address, asked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)sql"};

// Every old address once, but not the new one.
std::vector<db::Call> telling(const ProfileServices& services,
                              const std::string& username,
                              const std::vector<std::string>& old_addresses,
                              const std::string& new_email) {
    const Timestamp now = services.clock.now();
    const nlohmann::json model = {
        {"username", username}, {"new_email", new_email}, {"changed_at", date_time_text(now)}};
    std::vector<std::string> told = {new_email, ""};
    std::vector<db::Call> mails;
    for (const auto& address : old_addresses) {
        if (std::find(told.begin(), told.end(), address) == told.end()) {
            told.push_back(address);
            mails.push_back(services.outbox.queue(Message::EmailChanged, address, model, now));
        }
    }
    return mails;
}

void append(std::vector<db::Call>& calls, std::vector<db::Call> more) {
    calls.insert(calls.end(), more.begin(), more.end());
}

}  // namespace

std::vector<std::string> ProfileFields::names() const {
    std::vector<std::string> names;
    const auto add = [&names](const char* name, const std::optional<std::string>& value) {
        if (value) {
            names.emplace_back(name);
        }
    };
    add("full_name", full_name);
    add("email", email);
    add("phone", phone);
    add("address", address);
    return names;
}

std::optional<ProfileOwner> lock_owner_of(db::Transaction& transaction, std::int64_t account_id) {
    const auto row = transaction.run(lock_owner, account_id)
                         .first<std::int64_t,
                                std::string,
                                std::string,
                                std::string,
                                std::string,
                                std::int64_t,
                                std::string,
                                std::string>();
    if (!row) {
        return std::nullopt;
    }
    auto [id, full_name, email, phone, address, owner, username, account_email] = *row;
    return ProfileOwner{id, {full_name, email, phone, address, ""}, owner, username, account_email};
}

std::vector<db::Call> applying(const ProfileServices& services,
                               const ProfileOwner& owner,
                               const ProfileFields& fields) {
    std::vector<db::Call> calls = {{&write_fields,
                                    db::Params(owner.client_id,
                                               fields.full_name,
                                               fields.email,
                                               fields.phone,
                                               fields.address,
                                               services.clock.now())}};
    if (fields.email && owner.account_id) {
        calls.push_back({&write_account_email, db::Params(owner.account_id, *fields.email)});
    }
    if (fields.email) {
        append(
            calls,
            telling(
                services, owner.username, {owner.account_email, owner.data.email}, *fields.email));
    }
    return calls;
}

std::vector<db::Call> wishing(db::Transaction& transaction,
                              const ProfileServices& services,
                              const ProfileOwner& owner,
                              ProfileFields fields) {
    using Text = std::optional<std::string>;
    if (const auto waiting =
            transaction.run(find_wish, owner.client_id).first<Text, Text, Text, Text>()) {
        const auto& [full_name, email, phone, address] = *waiting;
        fields.full_name = fields.full_name ? fields.full_name : full_name;
        fields.email = fields.email ? fields.email : email;
        fields.phone = fields.phone ? fields.phone : phone;
        fields.address = fields.address ? fields.address : address;
    }
    const Timestamp now = services.clock.now();
    return {{&replace_wish, db::Params(owner.client_id, now)},
            {&insert_wish,
             db::Params(owner.client_id,
                        owner.account_id,
                        fields.full_name,
                        fields.email,
                        fields.phone,
                        fields.address,
                        now)}};
}

std::vector<db::Call> changing_account_email(const ProfileServices& services,
                                             const Account& account,
                                             const std::string& email) {
    std::vector<db::Call> calls = {{&write_account_email, db::Params(account.id, email)}};
    append(calls, telling(services, account.username, {account.email}, email));
    return calls;
}

}  // namespace ventanilla
