// Tries to pay online: the rows of payment and online_payment that stand before a provider hears of
// anything. Reading them, and what a try's talk with the provider changes; what a try means for a
// client's money is settlement.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/money.h"
#include "db/connection.h"
#include "payments/provider.h"

namespace ventanilla {

struct PaymentTry {
    std::int64_t payment_id = 0;
    std::int64_t client_id = 0;
    ProviderName provider = ProviderName::Stripe;
    std::string reference;
    Money amount;
    std::string status;        // of payment: pending, approved, failed, refunded, quarantined
    std::string stage;         // of online_payment: made, open, processing, waiting, paid, failed,
                               // expired, replaced
    std::string checkout_ref;  // empty: not yet known, as the next two
    std::string checkout_url;
    std::string money_ref;
    Timestamp made_at;
    Timestamp expires_at;
    std::string voucher_url;  // empty: none
    std::optional<Timestamp> voucher_until;
    std::string reason;
    Money refunded;
    Money disputed;
    std::int64_t revision = 0;
    std::int64_t times_asked = 0;
    std::int64_t link_id = 0;  // 0: from the portal
    std::vector<std::int64_t> charges;

    [[nodiscard]] bool is_open() const { return status == "pending" || status == "failed"; }
    [[nodiscard]] KnownTry known() const { return {reference, checkout_ref, money_ref, amount}; }
};

[[nodiscard]] std::optional<PaymentTry> find_try(db::Connection& connection,
                                                 std::int64_t payment_id);

// A provider's words for a try; those that are empty are not looked at. The money's id counts
// first, then our reference, then the checkout's id. Absent: none of ours.
struct TryNames {
    ProviderName provider = ProviderName::Stripe;
    std::string reference;
    std::string checkout_ref;
    std::string money_ref;
};
[[nodiscard]] std::optional<PaymentTry> find_try(db::Connection& connection, const TryNames& names);
// The same inside a transaction that has locked the client, so that nobody else changes it
// meanwhile.
[[nodiscard]] std::optional<PaymentTry> find_try(db::Transaction& transaction,
                                                 const TryNames& names);

// Of rows of the view payment_try, whatever columns stand behind its own.
[[nodiscard]] std::vector<PaymentTry> all_tries(const db::Rows& rows);

// For the page that a browser comes back to. `token_hash` of its session, absent when nobody is
// logged in.
struct ReturningTry {
    PaymentTry payment;
    bool is_theirs = false;  // of the client who is logged in
};
[[nodiscard]] std::optional<ReturningTry> find_returning(db::Connection& connection,
                                                         const std::string& reference,
                                                         const std::string& session_token);

// Tries that shall be asked about now, the longest due first, `most` at most.
[[nodiscard]] std::vector<PaymentTry> tries_to_ask(db::Connection& connection,
                                                   Timestamp now,
                                                   std::int64_t most);
// Tries whose checkout nobody shall pay any more: another one took their place, or less is owed of
// their charges than they ask for.
[[nodiscard]] std::vector<PaymentTry> tries_to_close(db::Connection& connection,
                                                     Timestamp now,
                                                     std::int64_t most);

// When to ask the next time: `sweep` after the first, doubling, at most half an hour while a
// checkout is open and an hour while money is on its way.
[[nodiscard]] Timestamp next_ask(const PaymentTry& payment,
                                 Timestamp now,
                                 std::chrono::seconds sweep);

// Asked, whatever came of it.
void note_asked(db::Connection& connection, std::int64_t payment_id, Timestamp now, Timestamp next);
// The provider takes nothing for it any more; what became of it is asked next.
void note_closed(db::Connection& connection, std::int64_t payment_id, Timestamp now);
// Closing went wrong; it is tried again later.
void note_not_closed(db::Connection& connection, std::int64_t payment_id, Timestamp next);

}  // namespace ventanilla
