#include <array>

#include "admin_clients/admin_clients.h"
#include "app/paths.h"
#include "app/staff_pages.h"
#include "clients/client_export.h"
#include "clients/phone.h"
#include "core/text.h"
#include "http/form.h"

namespace ventanilla::admin_clients {
namespace {

struct OrderName {
    ClientOrder order;
    const char* name;
};
constexpr std::array<OrderName, 4> orders = {{{ClientOrder::Name, "nombre"},
                                              {ClientOrder::NameDown, "-nombre"},
                                              {ClientOrder::Newest, "-alta"},
                                              {ClientOrder::Oldest, "alta"}}};

const OrderName& wanted_order(const std::string& name) {
    for (const auto& order : orders) {
        if (name == order.name) {
            return order;
        }
    }
    return orders.front();
}

Model line_model(const ClientLine& line, const std::string& phone_region) {
    const auto phone = read_phone(line.phone, phone_region);
    Model item;
    item.set("id", line.id)
        .set("full_name", line.full_name)
        .set("email", line.email)
        .set("phone", phone ? phone->shown : line.phone)
        .set("username", line.username.value_or(""))
        .set("is_disabled", line.username && !line.is_active)
        .set("last_login_at", line.last_login_at ? date_text(*line.last_login_at) : "");
    return item;
}

// 10000 as "10,000".
std::string grouped(std::int64_t count) {
    std::string digits = std::to_string(count);
    for (auto at = std::ssize(digits) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return digits;
}

void set_filter(Model& model, const ClientFilter& filter) {
    model.set("q", filter.text)
        .set("with_portal", filter.portal == PortalFilter::With)
        .set("without_portal", filter.portal == PortalFilter::Without)
        .set("deleted", filter.deleted)
        .set("is_filtered",
             !filter.text.empty() || filter.portal != PortalFilter::Any || filter.deleted);
}

// So that the page's links keep what is looked for.
void set_order(Model& model, const std::string& chosen, const std::string& kept) {
    const std::string base = kept.empty() ? "?" : "?" + kept + "&";
    model.set("order", chosen)
        .set("name_order_path", base + "orden=" + (chosen == "nombre" ? "-nombre" : "nombre"))
        .set("date_order_path", base + "orden=" + (chosen == "-alta" ? "alta" : "-alta"))
        .set("by_name", chosen == "nombre" || chosen == "-nombre")
        .set("by_date", chosen == "alta" || chosen == "-alta")
        .set("downwards", chosen.starts_with('-'));
}

}  // namespace

Response list(Visit& visit) {
    const Fields& query = visit.request().query;
    const ClientFilter filter = client_filter(query);
    const OrderName& order = wanted_order(query.get("orden"));
    const ClientPage page =
        client_page(visit.services().database, filter, order.order, page_number(visit));
    std::vector<Model> items;
    for (const auto& line : page.lines) {
        items.push_back(line_model(line, visit.services().settings.phone_region));
    }
    const std::string kept = filter_query(filter);
    Model model;
    model.set("at_clients", true);
    set_filter(model, filter);
    set_order(model, order.name, kept);
    set_pager(
        model, page.page, page.pages, kept + (kept.empty() ? "" : "&") + "orden=" + order.name);
    model.set("total", grouped(page.total))
        .set("has_more", page.has_more)
        .set("is_one", page.total == 1)
        .set("is_more_than_a_page", page.pages > 1)
        .set("shown_count", std::ssize(page.lines))
        .set("export_query", kept.empty() ? "" : "?" + kept)
        .set("none", page.total == 0)
        .set("clients", std::move(items));
    return visit.page("admin_clients/list", std::move(model));
}

Response export_list(Visit& visit) {
    return file_response(
        "clientes.csv",
        "text/csv; charset=utf-8",
        exported_clients(visit.services().database, client_filter(visit.request().query)));
}

}  // namespace ventanilla::admin_clients
