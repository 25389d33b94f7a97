#include "portal/month_picture.h"

#include <algorithm>

namespace ventanilla::portal {
namespace {

// In units of the picture, vertical ones in tenths.
constexpr std::int64_t first_column = 5;
constexpr std::int64_t column_width = 26;
constexpr std::int64_t bar_width = 10;
constexpr std::int64_t bars_gap = 2;
constexpr std::int64_t base_line = 1260;
constexpr std::int64_t highest_bar = 1060;

// With a point whatever the locale.
std::string tenths(std::int64_t value) {
    return std::to_string(value / 10) + '.' + std::to_string(value % 10);
}

std::int64_t most_of(const std::vector<MonthFigures>& months) {
    std::int64_t most = 0;
    for (const auto& month : months) {
        most = std::max({most, month.charged.minor_units(), month.paid.minor_units()});
    }
    return most;
}

// Whoever got back more than was paid in a month has no bar there: the table below tells.
std::int64_t height_of(const Money& money, std::int64_t most) {
    return most == 0 ? 0 : std::max<std::int64_t>(0, money.minor_units()) * highest_bar / most;
}

}  // namespace

void set_month_picture(Model& model,
                       const std::vector<MonthFigures>& months,
                       const std::string& own_currency) {
    const std::int64_t most = most_of(months);
    std::vector<Model> columns;
    std::int64_t x = first_column;
    bool is_any = false;
    for (const auto& month : months) {
        const std::int64_t charged = height_of(month.charged, most);
        const std::int64_t paid = height_of(month.paid, most);
        is_any = is_any || !month.charged.is_zero() || !month.paid.is_zero();
        Model column;
        column.set("label", month.month.text())
            .set("short_label", month.month.short_text())
            .set("charged", month.charged.shown(own_currency))
            .set("paid", month.paid.shown(own_currency))
            .set("charged_x", x)
            .set("charged_y", tenths(base_line - charged))
            .set("charged_height", tenths(charged))
            .set("paid_x", x + bar_width + bars_gap)
            .set("paid_y", tenths(base_line - paid))
            .set("paid_height", tenths(paid))
            .set("label_x", x + bar_width + bars_gap / 2);
        columns.push_back(std::move(column));
        x += column_width;
    }
    model.set("has_months", is_any)
        .set("months_top", Money(most, own_currency).shown(own_currency))
        .set("months", std::move(columns));
}

}  // namespace ventanilla::portal
