#include "app/staff_pages.h"

#include <charconv>

#include "core/text.h"
#include "core/web_address.h"
#include "http/form.h"

namespace ventanilla {
namespace {

constexpr std::int64_t last_page = 1'000'000;

}  // namespace

std::int64_t page_number(Visit& visit) {
    const std::string& text = visit.request().query.get("page");
    std::int64_t page = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
    const bool fine =
        error == std::errc() && end == text.data() + text.size() && page >= 1 && page <= last_page;
    return fine ? page : 1;
}

void set_pager(Model& model, std::int64_t page, std::int64_t pages, const std::string& query) {
    const std::string base = query.empty() ? "?page=" : "?" + query + "&page=";
    model.set("page", page).set("pages", pages).set("has_pages", pages > 1);
    model.set("previous_path", page > 1 ? base + std::to_string(page - 1) : "");
    model.set("next_path", page < pages ? base + std::to_string(page + 1) : "");
}

ClientFilter client_filter(const Fields& fields) {
    ClientFilter filter;
    filter.text = trimmed(fields.get("q"));
    const std::string& portal = fields.get("portal");
    filter.portal = portal == "con"   ? PortalFilter::With
                    : portal == "sin" ? PortalFilter::Without
                                      : PortalFilter::Any;
    filter.deleted = fields.get("eliminados") == "1";
    return filter;
}

std::string filter_query(const ClientFilter& filter) {
    std::string query;
    const auto add = [&query](const std::string& name, const std::string& value) {
        query += (query.empty() ? "" : "&") + name + '=' + percent_encoded(value);
    };
    if (!filter.text.empty()) {
        add("q", filter.text);
    }
    if (filter.portal != PortalFilter::Any) {
        add("portal", filter.portal == PortalFilter::With ? "con" : "sin");
    }
    if (filter.deleted) {
        add("eliminados", "1");
    }
    return query;
}

Response file_response(const std::string& name,
                       const std::string& content_type,
                       std::string content) {
    Response response;
    response.content_type = content_type;
    response.body = std::move(content);
    response.with_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    return response;
}

}  // namespace ventanilla
