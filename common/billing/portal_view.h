// What a client sees of their own money: first page, services, history, one payment. Every function
// costs one round trip, shared with the session's lookup when that was sent ahead
// (Visit::expect_session). Another client's id gives nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "billing/day.h"
#include "billing/whose.h"
#include "core/clock.h"
#include "core/money.h"
#include "core/settings.h"
#include "db/connection.h"

namespace ventanilla {

// A charge that is still owed, in whole or in part.
struct OwedCharge {
    std::int64_t id = 0;
    std::string description;   // charge.concept, which C++ keeps for itself
    std::string service_name;  // empty: of no service
    Money amount;
    Money owed;  // what is left of it
    Day due_on;
    bool is_overdue = false;  // due before today

    [[nodiscard]] bool is_part_paid() const { return owed != amount; }
};

// What is owed in one currency.
struct OwedTotal {
    Money owed;
    Money overdue;
    std::int64_t charges = 0;
    Day first_due_on;  // of the charge that is due first, overdue ones too
};

struct ServiceLine {
    std::int64_t id = 0;
    std::string name;
    Money monthly_amount;
    std::string status;                 // active, suspended, cancelled
    bool is_suspended_by_rule = false;  // lifted by itself once what is overdue is paid
    std::optional<Day> started_on;      // absent: since always
};

struct PaymentLine {
    std::int64_t id = 0;
    Money amount;
    std::string provider;  // stripe, mercadopago, paypal, cash, transfer
    std::string provider_ref;
    std::string status;  // pending, approved, failed, refunded, quarantined
    std::optional<std::int64_t> receipt_number;
    Timestamp at;  // approved, else made
};

// One month of the picture: what was charged (less what was cancelled) and what was paid (less what
// was given back).
struct MonthFigures {
    Month month;
    Money charged;
    Money paid;
};

struct PortalView {
    std::int64_t client_id = 0;
    std::string full_name;
    std::vector<OwedCharge> charges;    // what is due first comes first
    std::vector<OwedTotal> totals;      // a currency each, the setting's first; empty: nothing owed
    std::vector<Money> credit;          // a currency each; empty: none
    std::vector<ServiceLine> services;  // active and suspended ones, by name
    std::vector<PaymentLine> payments;  // the last five that were approved or refunded
    std::vector<MonthFigures> months;   // twelve, the present one last, in the setting's currency
};

// Absent: the account has no client.
[[nodiscard]] std::optional<PortalView> portal_view(db::Connection& connection,
                                                    const Settings& settings,
                                                    const Whose& whose,
                                                    Timestamp now);

struct ServicesView {
    std::string full_name;
    std::vector<ServiceLine> services;  // cancelled ones last
};

[[nodiscard]] std::optional<ServicesView> services_view(db::Connection& connection,
                                                        const Whose& whose);

struct PaymentHistory {
    std::string full_name;
    // The newest first, whatever became of them; not the tries to pay online that brought no money.
    std::vector<PaymentLine> payments;
    bool has_more = false;
};

constexpr std::int64_t payments_per_page = 25;

// `page` from 1.
[[nodiscard]] std::optional<PaymentHistory> payment_history(db::Connection& connection,
                                                            const Whose& whose,
                                                            std::int64_t page);

// What a payment paid.
struct CoveredCharge {
    std::int64_t charge_id = 0;
    std::string description;
    Day due_on;
    Money covered;     // by this payment
    Money still_owed;  // now
};

struct PaymentDetail {
    PaymentLine payment;
    std::int64_t client_id = 0;
    std::string client_name;
    std::string received_by;  // name of the member of staff; empty: paid online
    std::string note;
    std::vector<CoveredCharge> charges;
    Money to_credit;                       // what was left and became credit; zero: nothing
    std::optional<Timestamp> reversed_at;  // staff took it back, see payments.h
    std::string reversal_reason;
};

// The only place that decides whose payment it is: absent when it is another client's, or nobody's.
[[nodiscard]] std::optional<PaymentDetail> payment_detail(db::Connection& connection,
                                                          const Whose& whose,
                                                          std::int64_t payment_id);

}  // namespace ventanilla
