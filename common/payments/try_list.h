// What staff see of the payments online: all tries, one of them with its notifications as they
// came, and the links that are out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "payments/tries.h"

namespace ventanilla {

constexpr std::int64_t tries_per_page = 50;

struct TryFilter {
    std::string status;          // of payment; empty: all
    std::string provider;        // empty: all
    std::int64_t client_id = 0;  // 0: all
};

struct TryLine {
    PaymentTry payment;
    std::string client_name;
    std::optional<std::int64_t> receipt_number;
};

struct TryPage {
    std::vector<TryLine> tries;  // the newest first
    bool has_more = false;
};

// `page` from 1.
[[nodiscard]] TryPage list_tries(db::Connection& connection,
                                 const TryFilter& filter,
                                 std::int64_t page);

struct EventLine {
    std::int64_t id = 0;
    std::string type;
    Timestamp received_at;
    std::string outcome;  // empty: not yet handled
    std::string headers;  // JSON
    std::string body;     // as it came
};

struct TryDetail {
    TryLine line;
    std::optional<Timestamp> asked_at;
    std::optional<Timestamp> next_ask_at;
    std::vector<std::string> charges;  // their descriptions
    std::vector<EventLine> events;     // the oldest first, 100 at most
};

[[nodiscard]] std::optional<TryDetail> try_detail(db::Connection& connection,
                                                  std::int64_t payment_id);

}  // namespace ventanilla
