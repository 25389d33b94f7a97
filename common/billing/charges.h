// Charges: what clients owe. A charge and its entries in the ledger appear together (a trigger of
// the schema); whoever changes a client's money locks the client's row first, so that a payment and
// a cancellation that come at once are done one after the other. Every function that staff uses
// writes the audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/audit.h"
#include "billing/billing.h"
#include "billing/day.h"
#include "core/clock.h"
#include "core/money.h"

namespace ventanilla {

struct NewCharge {
    std::int64_t client_id = 0;
    std::optional<std::int64_t> service_id;  // of the same client
    std::string description;                 // 1 to 200 characters
    Money amount;                            // more than 0
    Day due_on;
    // Made by the form that was filled: the same one sent twice makes one charge. Empty: no such
    // promise.
    std::string request_key;
};

enum class ChargeRefusal { NoClient, NoService };

// The charge's id. The client's credit is used for what is due first.
[[nodiscard]] std::variant<std::int64_t, ChargeRefusal> add_charge(const Billing& billing,
                                                                   const NewCharge& charge,
                                                                   const Actor& actor);

enum class CancelOutcome { Done, Missing, AlreadyCancelled };

// What was paid of it becomes credit, which other charges use at once; suspensions that nothing
// justifies any more are lifted. `client_id` must be the charge's, else Missing.
[[nodiscard]] CancelOutcome cancel_charge(const Billing& billing,
                                          std::int64_t client_id,
                                          std::int64_t charge_id,
                                          const std::string& reason,
                                          const Actor& actor);

// A line of the client's charges, for staff.
struct ChargeLine {
    std::int64_t id = 0;
    std::string description;
    std::string service_name;  // empty: of no service
    Money amount;
    Money owed;  // what is left; zero once paid or cancelled
    Day due_on;
    std::string status;  // pending, paid, cancelled
    bool is_overdue = false;
    bool is_late_fee = false;
    std::string cancel_reason;
    std::string created_by;  // username; empty: made by the system or from outside
    Timestamp created_at;
};

struct ChargePage {
    std::vector<ChargeLine> charges;  // pending first, then the newest due date first
    bool has_more = false;
};

constexpr std::int64_t charges_per_page = 50;

// `page` from 1.
[[nodiscard]] ChargePage charges_of(db::Connection& connection,
                                    std::int64_t client_id,
                                    std::int64_t page,
                                    Timestamp now);

// What a client owes, for the form that takes a payment: pending charges, what is due first first.
struct PayableCharge {
    std::int64_t id = 0;
    std::string description;
    Money owed;
    Day due_on;
    bool is_overdue = false;
};
struct ClientBalance {
    std::vector<PayableCharge> charges;
    std::vector<Money> credit;  // a currency each; empty: none
};
[[nodiscard]] ClientBalance balance_of(db::Connection& connection,
                                       std::int64_t client_id,
                                       Timestamp now);

struct MonthRun {
    std::int64_t charges = 0;   // made by this run
    std::int64_t present = 0;   // services that had theirs already
    std::vector<Money> totals;  // of those made, a currency each
};

// The month's charge of every active service, in one statement; a service that has one is left
// alone, so running it twice, or twice at once, changes nothing the second time. A service that
// starts later than the month has none; one that starts in it pays the days from then on when
// PRORATE_FIRST_MONTH is on. Due on CHARGE_DUE_DAY, but not before the service starts, nor before
// the day it is made (as far as the month goes). Raises the bound on the statement's time.
[[nodiscard]] MonthRun make_month(const Billing& billing, Month month, const Actor& actor);

// Fees for what is overdue for LATE_FEE_AFTER_DAYS: once for each charge, none for fees. Returns
// how many were made; 0 when the setting is off.
std::int64_t add_late_fees(const Billing& billing);

}  // namespace ventanilla
