// The times of old systems, strictly read: PostgreSQL would take more, but a whole batch would fail
// over one it does not.
#include <algorithm>
#include <chrono>

#include "claims/archive_import_row.h"

namespace ventanilla {
namespace {

// Reads from the front of a text, and remembers when something did not fit.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    int number(std::size_t digits, int least, int greatest) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = text_.empty() ? ' ' : text_.front();
            fits_ = fits_ && c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
            text_.remove_prefix(text_.empty() ? 0 : 1);
        }
        fits_ = fits_ && value >= least && value <= greatest;
        return value;
    }
    bool take(char wanted) {
        const bool there = !text_.empty() && text_.front() == wanted;
        text_.remove_prefix(there ? 1 : 0);
        return there;
    }
    void expect(char wanted) { fits_ = take(wanted) && fits_; }
    // Digits after a point; PostgreSQL rounds what is beyond microseconds.
    std::string_view digits() {
        const std::size_t count = std::min(text_.find_first_not_of("0123456789"), text_.size());
        fits_ = fits_ && count > 0 && count <= 9;
        const auto taken = text_.substr(0, count);
        text_.remove_prefix(count);
        return taken;
    }
    [[nodiscard]] bool at_end() const { return text_.empty(); }
    [[nodiscard]] bool fits() const { return fits_; }

  private:
    std::string_view text_;
    bool fits_ = true;
};

std::string two_digits(int number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

// "+00" and the like; an empty one and Z are UTC.
std::string zone(Reader& reader) {
    reader.take(' ');
    const bool east = reader.take('+');
    if (!east && !reader.take('-')) {
        reader.take('Z');
        return "+00";
    }
    const int hours = reader.number(2, 0, 14);
    int minutes = 0;
    if (reader.take(':') || !reader.at_end()) {
        minutes = reader.number(2, 0, 59);
    }
    return (east ? "+" : "-") + two_digits(hours) + ':' + two_digits(minutes);
}

}  // namespace

std::optional<std::string> archive_time(std::string_view text) {
    Reader reader(text);
    const int year = reader.number(4, 1, 9999);
    reader.expect('-');
    const int month = reader.number(2, 1, 12);
    reader.expect('-');
    const int day = reader.number(2, 1, 31);
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::string fraction;
    if (!reader.at_end()) {
        if (!reader.take('T')) {
            reader.expect(' ');
        }
        hour = reader.number(2, 0, 23);
        reader.expect(':');
        minute = reader.number(2, 0, 59);
        second = reader.take(':') ? reader.number(2, 0, 59) : 0;
        if (reader.take('.')) {
            fraction = '.';
            fraction += reader.digits();
        }
    }
    const std::string offset = zone(reader);
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!reader.fits() || !reader.at_end() || !date.ok()) {
        return std::nullopt;
    }
    return two_digits(year / 100) + two_digits(year % 100) + '-' + two_digits(month) + '-'
           + two_digits(day) + ' ' + two_digits(hour) + ':' + two_digits(minute) + ':'
           + two_digits(second) + fraction + offset;
}

}  // namespace ventanilla
