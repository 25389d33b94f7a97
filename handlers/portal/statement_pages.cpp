// The account statement: a page, a PDF and a table for spreadsheets, all of the same numbers.
#include "app/staff_pages.h"
#include "core/text.h"
#include "portal/documents.h"
#include "portal/portal.h"
#include "portal/shown.h"

namespace ventanilla::portal {
namespace {

constexpr const char* statement_page = "portal/statement";
constexpr const char* statement_path = "/clientes/portal/estado-de-cuenta/";

// The days that the query asks for. Those that it does not name: from this year's first to today.
struct Range {
    std::string from_text;
    std::string until_text;
    std::optional<Day> from;
    std::optional<Day> until;

    [[nodiscard]] bool is_fine() const { return from && until && *from <= *until; }
    [[nodiscard]] std::string query() const {
        return "?desde=" + from->iso() + "&hasta=" + until->iso();
    }
};

Range wanted_range(Visit& visit) {
    const Day today = Day::of(visit.services().clock.now());
    const Day new_year(std::chrono::sys_days(std::chrono::year_month_day(
        today.date().year(), std::chrono::January, std::chrono::day(1))));
    const auto typed = [&](const char* name, Day otherwise) {
        const std::string text = trimmed(visit.request().query.get(name));
        return text.empty() ? otherwise.iso() : text;
    };
    Range range;
    range.from_text = typed("desde", new_year);
    range.until_text = typed("hasta", today);
    range.from = Day::read(range.from_text);
    range.until = Day::read(range.until_text);
    return range;
}

void check_range(const Range& range, FormErrors& errors) {
    if (!range.from) {
        errors.add("desde", "statement_from_malformed");
    }
    if (!range.until) {
        errors.add("hasta", "statement_until_malformed");
    }
    if (errors.empty() && !range.is_fine()) {
        errors.add("hasta", "statement_days_reversed");
    }
}

std::optional<Statement> wanted_statement(Visit& visit, const Range& range) {
    return statement_of(visit.services().database,
                        visit.services().settings,
                        whose(visit),
                        *range.from,
                        *range.until);
}

std::vector<Model> line_items(Visit& visit, const CurrencyStatement& part) {
    std::vector<Model> items;
    for (const auto& line : part.lines) {
        Model item;
        item.set("at", date_text(line.at))
            .set("what", entry_text(visit, line))
            .set("payment_id", line.payment_id ? std::to_string(*line.payment_id) : "")
            .set("charged", line.amount.is_negative() ? "" : money_text(visit, line.amount))
            .set("paid", line.amount.is_negative() ? money_text(visit, -line.amount) : "")
            .set("balance", money_text(visit, line.balance));
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<Model> currency_items(Visit& visit, const Statement& statement) {
    std::vector<Model> items;
    for (const auto& part : statement.currencies) {
        Model item;
        item.set("currency",
                 statement.currencies.size() > 1 ? part.opening.currency() : std::string())
            .set("opening", money_text(visit, part.opening))
            .set("charged_sum", money_text(visit, part.charged))
            .set("paid_sum", money_text(visit, part.paid))
            .set("closing", money_text(visit, part.closing))
            .set("closing_in_favour",
                 part.closing.is_negative() ? money_text(visit, -part.closing) : "")
            .set("has_lines", !part.lines.empty())
            .set("lines", line_items(visit, part));
        items.push_back(std::move(item));
    }
    return items;
}

Model range_model(const Range& range) {
    Model model;
    model.set("at_statement", true).set("desde", range.from_text).set("hasta", range.until_text);
    return model;
}

// A file of the statement, made by `make`.
template <class Make>
Response statement_file(Visit& visit, const char* name, const char* content_type, Make make) {
    const Range range = wanted_range(visit);
    if (!range.is_fine()) {
        return visit.see_other(statement_path + ("?" + visit.request().query_string));
    }
    const auto statement = wanted_statement(visit, range);
    return statement ? file_response(name, content_type, make(visit, *statement))
                     : visit.not_found();
}

}  // namespace

Response statement(Visit& visit) {
    const Range range = wanted_range(visit);
    Model model = range_model(range);
    FormErrors errors(visit.services().renderer);
    check_range(range, errors);
    if (!errors.empty()) {
        model.set("has_client", true);
        return visit.refused(statement_page, std::move(model), errors);
    }
    const auto statement = wanted_statement(visit, range);
    model.set("has_client", statement.has_value());
    if (statement) {
        model.set("file_query", range.query())
            .set("from", statement->from.text())
            .set("until", statement->until.text())
            .set("client_name", statement->client_name)
            .set("client_number", statement->client_id)
            .set("currencies", currency_items(visit, *statement));
    }
    return visit.page(statement_page, std::move(model));
}

Response statement_pdf(Visit& visit) {
    return statement_file(visit, "estado-de-cuenta.pdf", "application/pdf", &statement_document);
}

Response statement_csv(Visit& visit) {
    return statement_file(
        visit, "estado-de-cuenta.csv", "text/csv; charset=utf-8", &statement_table);
}

}  // namespace ventanilla::portal
