#include "billing/rows.h"

namespace ventanilla {

PaymentLine payment_line(const db::Rows& rows, std::size_t index) {
    auto [id, amount, currency, provider, provider_ref, status, receipt_number, at] =
        rows.at<std::int64_t,
                MinorUnits,
                std::string,
                std::string,
                std::string,
                std::string,
                std::optional<std::int64_t>,
                Timestamp>(index);
    return {id, Money(amount, currency), provider, provider_ref, status, receipt_number, at};
}

std::vector<ServiceLine> service_lines(const db::Rows& rows) {
    std::vector<ServiceLine> lines;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, name, amount, currency, status, by_rule, started_on] =
            rows.at<std::int64_t,
                    std::string,
                    MinorUnits,
                    std::string,
                    std::string,
                    bool,
                    std::optional<Day>>(i);
        lines.push_back({id, name, Money(amount, currency), status, by_rule, started_on});
    }
    return lines;
}

std::vector<OwedCharge> owed_charges(const db::Rows& rows, Day today) {
    std::vector<OwedCharge> charges;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto [id, description, service, amount, owed, currency, due_on] = rows.at<std::int64_t,
                                                                                  std::string,
                                                                                  std::string,
                                                                                  MinorUnits,
                                                                                  MinorUnits,
                                                                                  std::string,
                                                                                  Day>(i);
        charges.push_back({id,
                           description,
                           service,
                           Money(amount, currency),
                           Money(owed, currency),
                           due_on,
                           due_on < today});
    }
    return charges;
}

std::vector<MonthFigures> empty_year(Day today, const std::string& currency) {
    constexpr int months_shown = 12;
    std::vector<MonthFigures> months;
    for (int back = months_shown - 1; back >= 0; --back) {
        months.push_back({Month::of(today).plus(-back), Money(0, currency), Money(0, currency)});
    }
    return months;
}

void fill_months(std::vector<MonthFigures>& months, const db::Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [iso, charged, paid] = rows.at<std::string, MinorUnits, MinorUnits>(i);
        for (auto& figures : months) {
            if (figures.month.iso() == iso) {
                figures.charged = Money(charged, figures.charged.currency());
                figures.paid = Money(paid, figures.paid.currency());
            }
        }
    }
}

}  // namespace ventanilla
