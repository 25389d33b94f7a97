// Paying one charge without login: a link that staff hand out. It ends after PAYMENT_LINK_DAYS,
// when staff revoke it, or when a newer one is made, and shows the first name and the amount,
// nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/audit.h"
#include "payments/payment_system.h"

namespace ventanilla {

// A link that can be paid by. Its token is worked out from SECRET_KEY and the row, so that staff
// can hand it out again.
struct LinkLine {
    std::int64_t id = 0;
    std::int64_t charge_id = 0;
    std::int64_t client_id = 0;
    std::string client_name;
    std::string phone;        // as stored; empty: none
    std::string description;  // of the charge
    Money owed;
    std::string made_by;  // username; empty: gone
    Timestamp made_at;
    Timestamp expires_at;
    std::optional<Timestamp> opened_at;
    std::string url;  // empty: made under another SECRET_KEY; whoever has it can still use it
};

// The newest first, 100 at most.
[[nodiscard]] std::vector<LinkLine> live_links(const Billing& billing);

// What a link would be for.
struct LinkableCharge {
    std::int64_t client_id = 0;
    std::string client_name;
    std::string description;
    Money owed;
    bool has_email = false;
};
// Absent: none that is owed.
[[nodiscard]] std::optional<LinkableCharge> linkable_charge(db::Connection& connection,
                                                            std::int64_t charge_id);

enum class LinkRefusal {
    NoCharge,     // there is none, or its client was deleted
    NothingOwed,  // paid or cancelled
    NoEmail,      // wanted by mail, and the client has no address
};

// The link's id. `by_mail` queues the mail in the same transaction.
[[nodiscard]] std::variant<std::int64_t, LinkRefusal> make_link(const Billing& billing,
                                                                std::int64_t charge_id,
                                                                bool by_mail,
                                                                const Actor& actor);

// False: it was revoked before, or is none.
[[nodiscard]] bool revoke_link(const Billing& billing, std::int64_t link_id, const Actor& actor);

struct PaymentLink {
    std::int64_t id = 0;
    std::int64_t client_id = 0;
    std::int64_t charge_id = 0;
    std::string first_name;
    Money owed;
    bool is_paid = false;
};

enum class LinkEnd { Unknown, Expired, Revoked };

// Opening it changes nothing but the time of the first look.
[[nodiscard]] std::variant<PaymentLink, LinkEnd> find_link(db::Connection& connection,
                                                           const std::string& token,
                                                           Timestamp now);

}  // namespace ventanilla
