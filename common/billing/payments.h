// Payments that staff take in cash or by transfer, and the day's closing of whoever took them. A
// payment is booked whole: what charges do not need becomes credit, which the next charge uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/audit.h"
#include "billing/billing.h"
#include "billing/day.h"
#include "billing/portal_view.h"
#include "core/clock.h"
#include "core/money.h"

namespace ventanilla {

enum class PaymentMeans { Cash, Transfer };

struct NewPayment {
    std::int64_t client_id = 0;
    Money amount;  // more than 0
    PaymentMeans means = PaymentMeans::Cash;
    std::string reference;  // of a transfer, as the bank tells it; may be empty
    // Paid first and in this order; what is left, or everything when none is chosen, pays what else
    // is due first.
    std::vector<std::int64_t> charges;
    std::string note;  // at most 500 characters
    // Made by the form that was filled: the same one sent twice books one payment. Empty: no such
    // promise.
    std::string request_key;
};

struct BookedPayment {
    std::int64_t id = 0;
    std::int64_t receipt_number = 0;
    Money applied;    // to charges
    Money to_credit;  // the rest
    // It was booked before: by the same form, or a transfer of the same client with the same
    // reference. Nothing was changed.
    bool was_there = false;
};

enum class PaymentRefusal {
    NoClient,
    ChargeNotPayable,  // one of the chosen charges is not this client's, not pending, or in another
                       // currency
    ReferenceTaken,    // a transfer with this reference was booked with another amount
};

// The receipt goes to the client by mail, when there is an address; suspensions that nothing
// justifies any more are lifted in the same transaction.
[[nodiscard]] std::variant<BookedPayment, PaymentRefusal> record_payment(const Billing& billing,
                                                                         const NewPayment& payment,
                                                                         const Actor& actor);

enum class ReversalOutcome { Done, Missing, NotReversible };

// Takes back a cash or transfer payment that was booked by mistake: its charges are owed again.
// Credit that it had become and that is spent by now goes back to where it was spent, what is due
// last first. `client_id` must be the payment's, else Missing.
[[nodiscard]] ReversalOutcome reverse_payment(const Billing& billing,
                                              std::int64_t client_id,
                                              std::int64_t payment_id,
                                              const std::string& reason,
                                              const Actor& actor);

// A line of a client's payments for staff; `received_by` is a username, empty when paid online.
struct StaffPaymentLine {
    PaymentLine payment;
    std::string received_by;
    std::string note;
    std::optional<Timestamp> reversed_at;
    std::string reversal_reason;
    bool is_closed = false;  // counted in a day's closing
};

struct StaffPaymentPage {
    std::vector<StaffPaymentLine> payments;  // the newest first
    bool has_more = false;
};

// `page` from 1; payments_per_page a page.
[[nodiscard]] StaffPaymentPage payments_of(db::Connection& connection,
                                           std::int64_t client_id,
                                           std::int64_t page);

// What a member of staff has taken since the last closing, in one currency.
struct CashDrawer {
    Money expected;  // cash taken, less cash given back
    std::int64_t payments = 0;
    Money transfers;                 // for information: not in the drawer
    std::optional<Timestamp> since;  // of the first of them; absent: only given back
};

// The setting's currency first, also when nothing was taken.
[[nodiscard]] std::vector<CashDrawer> cash_drawer(const Billing& billing, std::int64_t account_id);

struct CashClosing {
    std::int64_t id = 0;
    std::string username;  // whose
    Money expected;
    Money counted;
    Money difference;  // counted less expected
    std::string note;
    Timestamp closed_at;
};

enum class ClosingRefusal { NothingToClose, Negative };

// Closes the drawer of the member of staff in the currency of what was counted: every payment since
// the last closing belongs to it, those that come meanwhile to the next.
[[nodiscard]] std::variant<CashClosing, ClosingRefusal> close_drawer(const Billing& billing,
                                                                     const Money& counted,
                                                                     const std::string& note,
                                                                     const Actor& actor);

// The newest first, at most 50; of one member of staff or of all.
[[nodiscard]] std::vector<CashClosing> cash_closings(db::Connection& connection,
                                                     std::optional<std::int64_t> account_id);

}  // namespace ventanilla
