// Writing a client's contact data, for the client and for staff who approve it. Private to
// clients/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/profile.h"

namespace ventanilla {

// A client whose row is locked until the transaction ends, with what belongs to the account.
struct ProfileOwner {
    std::int64_t client_id = 0;
    ClientData data;  // without the notes
    std::optional<std::int64_t> account_id;
    std::string username;
    std::string account_email;
};

// The client of an account; absent when it has none or it was deleted.
[[nodiscard]] std::optional<ProfileOwner> lock_owner_of(db::Transaction& transaction,
                                                        std::int64_t account_id);

// What shall be different. Absent: stays.
struct ProfileFields {
    std::optional<std::string> full_name;
    std::optional<std::string> email;
    std::optional<std::string> phone;
    std::optional<std::string> address;

    [[nodiscard]] bool are_empty() const { return !full_name && !email && !phone && !address; }
    [[nodiscard]] std::vector<std::string> names() const;
};

// The statements that write the fields; a new email becomes the account's too, and its old
// addresses are told.
[[nodiscard]] std::vector<db::Call> applying(const ProfileServices& services,
                                             const ProfileOwner& owner,
                                             const ProfileFields& fields);

// The statements that put the fields before staff. What the client wanted before and still waits
// is part of the new wish, where that says nothing else. Fields that are as they should be anyway
// must not be among them.
[[nodiscard]] std::vector<db::Call> wishing(db::Transaction& transaction,
                                            const ProfileServices& services,
                                            const ProfileOwner& owner,
                                            ProfileFields fields);

// Whose code is on its way to a new address, by the session's token; and what the rows say.
[[nodiscard]] db::Call finding_pending_email(const std::string& session_token);
[[nodiscard]] std::optional<PendingEmail> pending_email_from(const db::Rows& rows, Timestamp now);

// For an account without a client: its email alone.
[[nodiscard]] std::vector<db::Call> changing_account_email(const ProfileServices& services,
                                                           const Account& account,
                                                           const std::string& email);

}  // namespace ventanilla
