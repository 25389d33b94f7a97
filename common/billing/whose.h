// Whose money a page asks for. A client's pages ask by the session's token, so that the statement
// that finds the session and the page's own share one round trip, and nothing but the view
// session_client decides what is theirs. Staff ask by the client's id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/value.h"

namespace ventanilla {

class Whose {
  public:
    // The client of the account that is logged in with this token; nobody when the account has no
    // client or the client was deleted. Whether the session is still alive is for the session's own
    // lookup to say: a page that finds nobody logged in shows nothing.
    [[nodiscard]] static Whose session(const std::string& token);
    [[nodiscard]] static Whose client(std::int64_t id);

    // The first two values of every statement that asks for somebody's money.
    [[nodiscard]] const std::optional<db::Bytes>& token_hash() const { return token_hash_; }
    [[nodiscard]] const std::optional<std::int64_t>& client_id() const { return client_id_; }

  private:
    std::optional<db::Bytes> token_hash_;
    std::optional<std::int64_t> client_id_;
};

}  // namespace ventanilla
