// One report of a provider inside the transaction that settles it. Private to payments/.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "billing/booking.h"
#include "payments/settlement.h"

namespace ventanilla {

class Settling {
  public:
    // The transaction has locked the client; `payment` was read in it. All outlive this.
    Settling(db::Transaction& transaction,
             const Billing& billing,
             const LockedClient& client,
             const PaymentTry& payment,
             const MoneyReport& report);

    [[nodiscard]] Settled run(std::optional<std::int64_t> revision);

  private:
    [[nodiscard]] bool is_settled() const;
    Settled on_its_way(const char* stage);
    Settled failed();
    Settled over(const char* stage);
    void record(const char* stage, bool is_over);
    Settled paid(std::optional<std::int64_t> revision);
    Settled put_aside(const char* reason);
    Settled book_try(std::optional<std::int64_t> revision);
    Settled book_extra();
    void enter(std::int64_t id, std::int64_t receipt, const char* action);
    Settled given_back(const PaymentTry& payment, std::optional<std::int64_t> revision);

    db::Transaction& transaction_;
    const Billing& billing_;
    const LockedClient& client_;
    const PaymentTry& payment_;
    const MoneyReport& report_;
};

}  // namespace ventanilla
